package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SCALE;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SHIFT;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.MEAN;
import static io.github.dl4jcondconv.onednn.Argument.SCALE;
import static io.github.dl4jcondconv.onednn.Argument.SHIFT;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.VARIANCE;
import static io.github.dl4jcondconv.onednn.Argument.WORKSPACE;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.BETA;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GAMMA;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_LOG_STD;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_MEAN;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_VAR;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.BatchNorm;
import io.github.dl4jcondconv.onednn.Floats;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** DL4J's batch normalisation of images with oneDNN's kernels, together with a ReLU that follows where it can. */
final class OneDnnBatchNormalization extends BatchNormalization implements Rectified {
    /** The logarithm of a variance over log10 of its root. */
    private static final double LOG_VARIANCE = 2 * Math.log(10);

    private final transient Placement placement;
    private final transient CNN2DFormat format;

    private transient boolean computed;

    /** Of the last batch that the layer was trained with; made at the first one. */
    private transient INDArray mean;

    private transient INDArray variance;

    /** What the last training pass left; null after others. */
    private transient Batch batch;

    OneDnnBatchNormalization(BatchNormalization stock, Placement placement) {
        super(stock.conf(), stock.getDataType());
        this.placement = placement;
        this.format = layerConf().getCnn2DFormat();
    }

    @Override
    public INDArray rectifiedOutput() {
        return batch != null && batch.relu ? batch.output : null;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        placement.checkPass(training);
        batch = null;
        computed = OneDnn.isAvailable() && isValid();
        if (!computed) {
            return super.activate(training, workspaces);
        }
        boolean blocked = Images.areBlocked(input) && placement.allowsBlocked(workspaces, getTrainingListeners());
        INDArray output =
                Images.create(workspaces, ArrayType.ACTIVATIONS, Images.shape(input, format), format, blocked);
        if (training) {
            normalizeByBatch(output, blocked && placement.reluFollows(), workspaces);
        } else {
            normalizeByRunningStatistics(output);
        }
        return output;
    }

    private void normalizeByBatch(INDArray output, boolean relu, LayerWorkspaceMgr workspaces) {
        BatchNorm operation = operation(relu);
        Kernel kernel = operation.forwardTraining();
        if (mean == null) {
            mean = newStatistics();
            variance = newStatistics();
        }
        batch = new Batch(relu, output, mean, variance);
        Map<Argument, Memory> arguments = arguments(operation, forwardScale(), forwardShift());
        arguments.put(MEAN, Images.vector(batch.mean));
        arguments.put(VARIANCE, Images.vector(batch.variance));
        if (kernel.has(WORKSPACE)) {
            long elements = kernel.layout(WORKSPACE).elements();
            batch.signs = new Memory(kernel.layout(WORKSPACE), Images.create(workspaces, ArrayType.INPUT, elements));
            arguments.put(WORKSPACE, batch.signs);
        }
        ConvolutionPass.run(kernel, arguments, DST, Images.memory(output, format));
    }

    private void normalizeByRunningStatistics(INDArray output) {
        BatchNorm operation = operation(false);
        Map<Argument, Memory> arguments = arguments(operation, forwardScale(), forwardShift());
        arguments.put(MEAN, Images.vector(getParam(GLOBAL_MEAN)));
        arguments.put(VARIANCE, Images.vector(runningVariance()));
        ConvolutionPass.run(operation.forwardInference(), arguments, DST, Images.memory(output, format));
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (batch == null) {
            return computed ? backpropAfterInference(epsilon, workspaces) : super.backpropGradient(epsilon, workspaces);
        }
        boolean fixed = layerConf().isLockGammaBeta();
        INDArray dGamma = fixed ? Nd4j.create(dataType, layerConf().getNOut()) : gradientViews.get(GAMMA);
        INDArray dBeta = fixed ? Nd4j.create(dataType, layerConf().getNOut()) : gradientViews.get(BETA);

        BatchNorm operation = operation(batch.relu);
        Kernel kernel = operation.backward();
        Map<Argument, Memory> arguments = arguments(operation, backwardScale(), forwardShift());
        arguments.put(MEAN, Images.vector(batch.mean));
        arguments.put(VARIANCE, Images.vector(batch.variance));
        arguments.put(DIFF_DST, Reorder.to(operation.data(), Images.memory(epsilon, format)));
        arguments.put(DIFF_SCALE, Images.vector(dGamma));
        arguments.put(DIFF_SHIFT, Images.vector(dBeta));
        if (batch.signs != null) {
            arguments.put(WORKSPACE, batch.signs);
        }
        INDArray next = Images.create(
                workspaces, ArrayType.ACTIVATION_GRAD, Images.shape(input, format), format, Images.areBlocked(input));
        ConvolutionPass.run(kernel, arguments, DIFF_SRC, Images.memory(next, format));

        Gradient gradient = new DefaultGradient();
        if (!fixed) {
            gradient.setGradientFor(GAMMA, dGamma);
            gradient.setGradientFor(BETA, dBeta);
        }
        addRunningStatistics(gradient);
        return new Pair<>(gradient, next);
    }

    /** What DL4J makes of it, from what its own forward pass keeps. */
    private Pair<Gradient, INDArray> backpropAfterInference(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray read = input;
        input = Images.plain(read, format);
        super.activate(false, LayerWorkspaceMgr.noWorkspaces());
        Pair<Gradient, INDArray> gradients = super.backpropGradient(Images.plain(epsilon, format), workspaces);
        input = read;
        gradients.setSecond(
                workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, Images.like(read, gradients.getSecond(), format)));
        return gradients;
    }

    @Override
    public void clear() {
        super.clear();
        batch = null;
    }

    private boolean isValid() {
        return Images.areBlocked(input)
                || input.rank() == 4
                        && input.dataType() == dataType
                        && Images.shape(input, format)[1] == layerConf().getNOut();
    }

    private BatchNorm operation(boolean relu) {
        long[] shape = Images.shape(input, format);
        Layout layout = Images.canBeBlocked(shape[1]) ? Layout.blocked(shape) : Layout.dense(shape);
        return new BatchNorm(layout, (float) layerConf().getEps(), relu);
    }

    private Map<Argument, Memory> arguments(BatchNorm operation, INDArray scale, INDArray shift) {
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(SRC, Reorder.to(operation.data(), Images.memory(input, format)));
        arguments.put(SCALE, Images.vector(scale));
        arguments.put(SHIFT, Images.vector(shift));
        return arguments;
    }

    /** DL4J applies a fixed gamma and beta only where neither is the neutral one. */
    private boolean appliesFixed() {
        return layerConf().getGamma() != 1 && layerConf().getBeta() != 0;
    }

    private INDArray forwardScale() {
        return layerConf().isLockGammaBeta()
                ? constant(appliesFixed() ? layerConf().getGamma() : 1)
                : getParam(GAMMA);
    }

    private INDArray forwardShift() {
        return layerConf().isLockGammaBeta()
                ? constant(appliesFixed() ? layerConf().getBeta() : 0)
                : getParam(BETA);
    }

    /** DL4J's gradient knows a fixed gamma even where its output does not. */
    private INDArray backwardScale() {
        return layerConf().isLockGammaBeta() ? constant(layerConf().getGamma()) : getParam(GAMMA);
    }

    private INDArray constant(double value) {
        return Nd4j.valueArrayOf(new long[] {layerConf().getNOut()}, value, dataType);
    }

    private INDArray newStatistics() {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return Memory.aligned(layerConf().getNOut());
        }
    }

    private INDArray runningVariance() {
        return layerConf().isUseLogStd() ? variance(getParam(GLOBAL_LOG_STD)) : getParam(GLOBAL_VAR);
    }

    /** 10^(2 * log10(std)). */
    private static INDArray variance(INDArray log10std) {
        return Transforms.exp(log10std.mul(LOG_VARIANCE), false);
    }

    /**
     * The running statistics move through the gradient, as DL4J's own do: old - new, where new = decay * old + (1 - decay)
     * * batch, of the mean and of the variance; log10(std) by what its variance does.
     */
    private void addRunningStatistics(Gradient gradient) {
        double decay = layerConf().getDecay();
        move(gradient, GLOBAL_MEAN, batch.mean, (old, now) -> (1 - decay) * (old - now));
        if (layerConf().isUseLogStd()) {
            move(gradient, GLOBAL_LOG_STD, batch.variance, (old, now) -> {
                double variance = Math.exp(LOG_VARIANCE * old);
                return Math.log(variance / (decay * variance + (1 - decay) * now)) / LOG_VARIANCE;
            });
        } else {
            move(gradient, GLOBAL_VAR, batch.variance, (old, now) -> (1 - decay) * (old - now));
        }
    }

    /** Element by element in Java: ND4J's operations on a few hundred numbers take longer to call than to run. */
    private void move(Gradient gradient, String name, INDArray statistic, DoubleBinaryOperator difference) {
        float[] old = Floats.values(getParam(name));
        float[] now = Floats.values(statistic);
        for (int i = 0; i < old.length; i++) {
            old[i] = (float) difference.applyAsDouble(old[i], now[i]);
        }
        INDArray view = gradientViews.get(name);
        Floats.write(old, view);
        gradient.setGradientFor(name, view);
    }

    /** A training pass. */
    private static final class Batch {
        private final boolean relu;
        private final INDArray output;
        private final INDArray mean;
        private final INDArray variance;

        /** Which outputs the ReLU passed; null without one. */
        private Memory signs;

        Batch(boolean relu, INDArray output, INDArray mean, INDArray variance) {
            this.relu = relu;
            this.output = output;
            this.mean = mean;
            this.variance = variance;
        }
    }
}
