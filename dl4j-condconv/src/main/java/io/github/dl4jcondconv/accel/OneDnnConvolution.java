package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.accel.ConvolutionCore.Filters;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Recording;
import java.util.Arrays;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's convolution layer with oneDNN's kernels. */
final class OneDnnConvolution extends ConvolutionLayer implements OwnOutputs.Maker {
    private final transient Placement placement;
    private final transient boolean padded;
    private final transient ConvolutionCore core;
    private transient boolean insidePass;
    private transient boolean computed;
    private transient boolean trained;
    private transient boolean waits;
    private transient Promise promise;
    private transient OwnOutput own;

    /** @param padded whether what it reads is the output of a {@link OneDnnZeroPadding} */
    OneDnnConvolution(ConvolutionLayer stock, Placement placement, boolean padded) {
        super(stock.conf(), stock.getDataType());
        this.padded = padded;
        this.placement = placement;
        this.core = new ConvolutionCore(
                Windows.of(layerConf()),
                layerConf().getCnn2dDataFormat(),
                layerConf().getActivationFn(),
                placement.fixed());
    }

    @Override
    public void setOwnOutput(OwnOutput output) {
        own = output;
    }

    /**
     * Whether another vertex may compute the output together with what follows: where its own would be blocked, of one
     * pixel at a time (larger kernels are faster by themselves, by Winograd's algorithm) and without an activation.
     */
    boolean canWait() {
        return placement.fixed()
                && placement.blocked()
                && Arrays.stream(layerConf().getKernelSize()).allMatch(size -> size == 1)
                && layerConf().getIDropout() == null
                && OwnActivation.isIdentity(layerConf().getActivationFn());
    }

    /** Lets the output wait from now on until a vertex asks for it, in passes that keep it to themselves. */
    void waitForSum() {
        waits = true;
    }

    /** Whether an array is the output of the last pass, which has not been computed. */
    boolean hasPromised(INDArray output) {
        return promise != null && promise.output == output;
    }

    @Override
    public boolean isAllKernels() {
        return core.activatesByKernels();
    }

    /** The last promise is made again. */
    @Override
    public void leaveOut(LayerWorkspaceMgr workspaces) {
        if (waits) {
            leaveActivations(workspaces);
        }
    }

    private Promise promise(LayerWorkspaceMgr workspaces) {
        leaveActivations(workspaces);
        if (own != null) {
            return new Promise(input, own.promise(this::ownShape, input));
        }
        long[] nchw = core.outputShape(input, layerConf().getNOut());
        return new Promise(
                input,
                Images.create(
                        workspaces, ArrayType.ACTIVATIONS, nchw, layerConf().getCnn2dDataFormat(), true));
    }

    /**
     * DL4J takes the current workspace for one that its next vertex may count as entered once more. After a layer it has
     * usually closed the input's, and no workspace is current; here the input's stays open.
     */
    private static void leaveActivations(LayerWorkspaceMgr workspaces) {
        MemoryWorkspace working = Nd4j.getMemoryManager().getCurrentWorkspace();
        MemoryWorkspace activations = working == null ? null : working.getParentWorkspace();
        if (activations != null
                && activations != working
                && activations.getId().equals(workspaces.getWorkspaceName(ArrayType.ACTIVATIONS))) {
            working.setPreviousWorkspace(activations.getParentWorkspace());
        }
    }

    /** Computes the promised output. */
    void keepPromise() {
        core.write(promise.input, filters(), bias(), promise.output);
        forgetPromise();
    }

    /** Computes the ReLU of the sum of the promised output and of others instead. */
    void keepPromise(INDArray addend, INDArray rectifiedSum) {
        core.writeRectifiedSum(promise.input, filters(), bias(), addend, rectifiedSum);
        forgetPromise();
    }

    /** Unless it is of arrays that stay, and may be made again. */
    private void forgetPromise() {
        if (own == null) {
            promise = null;
        }
    }

    private Filters filters() {
        return Filters.of(getParam(ConvolutionParamInitializer.WEIGHT_KEY));
    }

    private INDArray bias() {
        return hasBias() ? getParam(ConvolutionParamInitializer.BIAS_KEY) : null;
    }

    /** An output that has not been computed, and what from. */
    private record Promise(INDArray input, INDArray output) {}

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        placement.checkPass(training);
        trained = training;
        insidePass = Placement.staysInside(workspaces, getTrainingListeners());
        boolean recorded = own != null && insidePass && own.isRecorded(input);
        computed = recorded || OneDnn.isAvailable() && isValid();
        if (!computed) {
            Recording.catchUp();
            return super.activate(training, workspaces);
        }
        applyDropOutIfNecessary(training, workspaces);
        if (waits && insidePass) {
            promise = promise(workspaces);
            return promise.output;
        }
        if (own != null && insidePass) {
            INDArray y = own.compute(this::ownShape, output -> core.write(input, filters(), bias(), output), input);
            return core.activated(y, workspaces);
        }
        Recording.catchUp();
        INDArray weights = getParamWithNoise(ConvolutionParamInitializer.WEIGHT_KEY, training, workspaces);
        INDArray bias = getParamWithNoise(ConvolutionParamInitializer.BIAS_KEY, training, workspaces);
        return core.activate(
                input,
                Filters.of(weights),
                hasBias() ? bias : null,
                training,
                workspaces,
                insidePass && placement.blocked(),
                insidePass && !placement.changedLater());
    }

    private long[] ownShape() {
        long[] nchw = core.outputShape(input, layerConf().getNOut());
        boolean blocked = placement.blocked() && Images.canBeBlocked(nchw[1]);
        return blocked && core.isBetterInOneBlock(input, nchw)
                ? Images.pixelsShape(nchw)
                : Images.arrayShape(nchw, layerConf().getCnn2dDataFormat(), blocked);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!computed) {
            return super.backpropGradient(epsilon, workspaces);
        }
        if (!trained) {
            // A backward pass after one of inference, which keeps nothing
            dropoutApplied = true;
            activate(true, LayerWorkspaceMgr.noWorkspaces());
        }
        INDArray weights = getParamWithNoise(ConvolutionParamInitializer.WEIGHT_KEY, true, workspaces);
        INDArray weightGradient = gradientViews.get(ConvolutionParamInitializer.WEIGHT_KEY);
        INDArray biasGradient = hasBias() ? gradientViews.get(ConvolutionParamInitializer.BIAS_KEY) : null;
        INDArray next = core.backprop(
                input,
                epsilon,
                Filters.of(weights),
                Filters.of(weightGradient),
                biasGradient,
                workspaces,
                !(placement.first() && insidePass));
        Gradient gradient = new DefaultGradient();
        if (biasGradient != null) {
            gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
        }
        gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, weightGradient, 'c');
        weightNoiseParams.clear();
        if (next == null) {
            return new Pair<>(gradient, padded ? OneDnnZeroPadding.unwanted(workspaces) : null);
        }
        return new Pair<>(gradient, backpropDropOutIfPresent(next));
    }

    /** A layer that has been left out is not touched: it has left the caches. */
    @Override
    public void clear() {
        if (input != null || maskArray != null) {
            super.clear();
            core.clear();
        }
    }

    /** Of which there are none where there is no training. */
    @Override
    public void clearNoiseWeightParams() {
        if (!placement.fixed()) {
            super.clearNoiseWeightParams();
        }
    }

    /** Whatever DL4J refuses goes to DL4J, which says why. */
    private boolean isValid() {
        long nIn = getParam(ConvolutionParamInitializer.WEIGHT_KEY).size(1);
        return Images.areOf(nIn, input, layerConf().getCnn2dDataFormat()) && core.accepts(input);
    }
}
