package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Pooling;
import io.github.dl4jcondconv.onednn.Recording;
import io.github.dl4jcondconv.onednn.Window;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.pooling.GlobalPoolingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's maximum and average over whole images with oneDNN's kernels. */
final class OneDnnGlobalPooling extends GlobalPoolingLayer implements OwnOutputs.Maker {
    private final transient CNN2DFormat format;
    private final transient PoolingCore core;
    private transient boolean computed;
    private transient boolean trained;
    private transient OwnOutput own;

    OneDnnGlobalPooling(GlobalPoolingLayer stock, Placement placement) {
        super(stock.conf(), stock.getDataType());
        this.format = placement.format();
        this.core = new PoolingCore(
                layerConf().getPoolingType() == PoolingType.MAX ? Pooling.Kind.MAX : Pooling.Kind.AVERAGE);
    }

    @Override
    public void setOwnOutput(OwnOutput output) {
        own = output;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        trained = training;
        computed = OneDnn.isAvailable()
                && maskArray == null
                && (Images.areBlocked(input) || input.rank() == 4 && input.dataType() == DataType.FLOAT);
        if (!computed) {
            Recording.catchUp();
            input = Images.areBlocked(input)
                    ? workspaces.leverageTo(ArrayType.INPUT, Images.plain(input, format))
                    : input;
            return super.activate(training, workspaces);
        }
        long[] in = Images.shape(input, format);
        long[] out = layerConf().isCollapseDimensions() ? new long[] {in[0], in[1]} : new long[] {in[0], in[1], 1, 1};
        if (own != null && !training && Placement.staysInside(workspaces, getTrainingListeners())) {
            return own.compute(
                    () -> out,
                    y -> core.forward(false, window(in), Images.memory(input, format), pixels(y), workspaces),
                    input);
        }
        INDArray output = Images.create(workspaces, ArrayType.ACTIVATIONS, out);
        core.forward(training, window(in), Images.memory(input, format), pixels(output), workspaces);
        return output;
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
        core.backward(window(in), Images.memory(next, format), pixels(epsilon));
        return new Pair<>(new DefaultGradient(), next);
    }

    @Override
    public void clear() {
        super.clear();
        core.clear();
    }

    private static Window window(long[] in) {
        return new Window(in[2], in[3], 1, 1, 1, 1, 0, 0);
    }

    /** Vectors [N, C] as images of one pixel. */
    private static Memory pixels(INDArray vectors) {
        return new Memory(Layout.dense(vectors.size(0), vectors.size(1), 1, 1), Images.dense(vectors));
    }
}
