package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Pooling;
import io.github.dl4jcondconv.onednn.Recording;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's maximum and average pooling with oneDNN's kernels. */
final class OneDnnSubsampling extends SubsamplingLayer implements OwnOutputs.Maker {
    private final transient Placement placement;
    private final transient CNN2DFormat format;
    private final transient Windows windows;
    private final transient PoolingCore core;
    private transient boolean computed;
    private transient boolean trained;
    private transient OwnOutput own;

    OneDnnSubsampling(SubsamplingLayer stock, Placement placement) {
        super(stock.conf(), stock.getDataType());
        this.placement = placement;
        this.format = layerConf().getCnn2dDataFormat();
        this.windows = new Windows(
                layerConf().getKernelSize(),
                layerConf().getStride(),
                layerConf().getDilation(),
                layerConf().getPadding(),
                convolutionMode);
        this.core = new PoolingCore(kind());
    }

    @Override
    public void setOwnOutput(OwnOutput output) {
        own = output;
    }

    private Pooling.Kind kind() {
        if (layerConf().getPoolingType() == PoolingType.MAX) {
            return Pooling.Kind.MAX;
        }
        return layerConf().isAvgPoolIncludePadInDivisor() ? Pooling.Kind.AVERAGE : Pooling.Kind.AVERAGE_INSIDE;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        trained = training;
        computed = OneDnn.isAvailable() && isValid();
        if (!computed) {
            Recording.catchUp();
            return super.activate(training, workspaces);
        }
        long[] in = Images.shape(input, format);
        long[] out = windows.pooledShape(in);
        boolean blocked = Images.areBlocked(input) && placement.allowsBlocked(workspaces, getTrainingListeners());
        if (own != null && !training && Placement.staysInside(workspaces, getTrainingListeners())) {
            return own.compute(
                    () -> blocked && Images.areInOneBlock(input)
                            ? Images.pixelsShape(out)
                            : Images.arrayShape(out, format, blocked),
                    y -> pool(in, out, y, false, workspaces),
                    input);
        }
        INDArray output = Images.create(workspaces, ArrayType.ACTIVATIONS, out, format, blocked);
        pool(in, out, output, training, workspaces);
        return output;
    }

    private void pool(long[] in, long[] out, INDArray output, boolean training, LayerWorkspaceMgr workspaces) {
        core.forward(
                training, windows.on(in, out), Images.memory(input, format), Images.memory(output, format), workspaces);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!computed) {
            return super.backpropGradient(epsilon, workspaces);
        }
        if (!trained) {
            // A backward pass after one of inference, which keeps nothing
            activate(true, LayerWorkspaceMgr.noWorkspaces());
        }
        long[] in = Images.shape(input, format);
        INDArray next = Images.create(workspaces, ArrayType.ACTIVATION_GRAD, in, format, Images.areBlocked(input));
        core.backward(
                windows.on(in, windows.pooledShape(in)), Images.memory(next, format), Images.memory(epsilon, format));
        return new Pair<>(new DefaultGradient(), next);
    }

    @Override
    public void clear() {
        super.clear();
        core.clear();
    }

    /** Whatever DL4J refuses goes to DL4J, which says why. */
    private boolean isValid() {
        if (!Images.areBlocked(input) && (input.rank() != 4 || input.dataType() != dataType)) {
            return false;
        }
        long[] in = Images.shape(input, format);
        long[] out = windows.pooledShape(in);
        return out != null && windows.on(in, out) != null;
    }
}
