package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ZeroPaddingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** DL4J's zero padding, of blocked images too. */
final class OneDnnZeroPadding extends ZeroPaddingLayer {
    private final transient Placement placement;
    private final transient CNN2DFormat format;
    private final transient int[] padding;
    private transient boolean computed;
    private transient boolean insidePass;

    OneDnnZeroPadding(ZeroPaddingLayer stock, Placement placement) {
        super(stock.conf(), stock.getDataType());
        this.placement = placement;
        this.format = layerConf().getDataFormat();
        this.padding = layerConf().getPadding();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        insidePass = Placement.staysInside(workspaces, getTrainingListeners());
        computed = OneDnn.isAvailable()
                && (Images.areBlocked(input) || input.rank() == 4 && input.dataType() == DataType.FLOAT);
        if (!computed) {
            return super.activate(training, workspaces);
        }
        boolean blocked = Images.areBlocked(input) && placement.allowsBlocked(workspaces, getTrainingListeners());
        INDArray in = blocked ? input : Images.plain(input, format);
        INDArray output = workspaces.create(ArrayType.ACTIVATIONS, DataType.FLOAT, padded(in), 'c');
        Reorder.copy(Memory.of(in), Memory.of(inner(output, in)));
        return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!computed) {
            return super.backpropGradient(epsilon, workspaces);
        }
        if (placement.first() && insidePass) {
            return new Pair<>(new DefaultGradient(), null);
        }
        INDArray gradient = Images.like(input, epsilon, format);
        INDArray next = Images.create(workspaces, ArrayType.ACTIVATION_GRAD, input.shape());
        Reorder.copy(Memory.of(inner(gradient, input)), Memory.of(next));
        return new Pair<>(new DefaultGradient(), next);
    }

    /** What a layer that reads this one gives in place of a gradient that nobody wants: DL4J asks for something. */
    static INDArray unwanted(LayerWorkspaceMgr workspaces) {
        return workspaces.create(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, 1);
    }

    private int heightAxis(INDArray images) {
        return Images.areBlocked(images) || format == CNN2DFormat.NCHW ? 2 : 1;
    }

    private long[] padded(INDArray images) {
        int height = heightAxis(images);
        long[] shape = images.shape().clone();
        shape[height] += padding[0] + padding[1];
        shape[height + 1] += padding[2] + padding[3];
        return shape;
    }

    /** The part of padded images that is not padding. */
    private INDArray inner(INDArray padded, INDArray images) {
        int height = heightAxis(images);
        INDArrayIndex[] place = new INDArrayIndex[images.rank()];
        Arrays.fill(place, NDArrayIndex.all());
        place[height] = NDArrayIndex.interval(padding[0], padding[0] + images.size(height));
        place[height + 1] = NDArrayIndex.interval(padding[2], padding[2] + images.size(height + 1));
        return padded.get(place);
    }
}
