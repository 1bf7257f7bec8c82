package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.MergeVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's merge vertex for the channels of images, of blocked ones too. */
@SuppressWarnings("overrides") // of DL4J's own two declarations of one method
final class OneDnnMerge extends MergeVertex {
    private final transient Placement placement;
    private final transient CNN2DFormat format;
    private final transient int axis;
    private transient boolean computed;

    OneDnnMerge(ComputationGraph graph, MergeVertex stock, Placement placement) {
        super(
                graph,
                stock.getVertexName(),
                stock.getVertexIndex(),
                stock.getInputVertices(),
                stock.getOutputVertices(),
                DataType.FLOAT,
                Internals.get(MergeVertex.class, "mergeAxis", stock));
        this.placement = placement;
        this.format = placement.format();
        this.axis = Internals.get(MergeVertex.class, "mergeAxis", stock);
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray[] inputs = getInputs();
        computed = OneDnn.isAvailable() && areImages(inputs);
        if (!computed) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Images.plain(inputs[i], format);
            }
            return super.doForward(training, workspaces);
        }
        boolean blocked = placement.allowsBlocked(workspaces, List.of())
                && Arrays.stream(inputs).anyMatch(Images::areBlocked)
                && Arrays.stream(inputs).allMatch(in -> Images.canBeBlocked(Images.shape(in, format)[1]));
        long[] shape = Images.shape(inputs[0], format).clone();
        shape[1] = Arrays.stream(inputs)
                .mapToLong(in -> Images.shape(in, format)[1])
                .sum();
        INDArray output = Images.create(workspaces, ArrayType.ACTIVATIONS, shape, format, blocked);
        Memory all = Images.memory(output, format);
        long channel = 0;
        for (INDArray input : inputs) {
            Memory images = Images.memory(input, format);
            Reorder.copy(images, part(all, channel, images));
            channel += images.layout().dims()[1];
        }
        return output;
    }

    /** Images of one size, of which the channels are merged; whatever DL4J refuses is not. */
    private boolean areImages(INDArray[] inputs) {
        boolean images = axis == (format == CNN2DFormat.NCHW ? 1 : 3)
                && Arrays.stream(inputs)
                        .allMatch(in -> Images.areBlocked(in) || in.rank() == 4 && in.dataType() == DataType.FLOAT);
        return images
                && Arrays.stream(inputs)
                                .map(in -> Images.shape(in, format))
                                .map(shape -> List.of(shape[0], shape[2], shape[3]))
                                .distinct()
                                .count()
                        == 1;
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        if (!computed) {
            return super.doBackward(truncated, workspaces);
        }
        INDArray[] inputs = getInputs();
        INDArray[] gradients = new INDArray[inputs.length];
        Memory all = Images.memory(getEpsilon(), format);
        long channel = 0;
        for (int i = 0; i < inputs.length; i++) {
            gradients[i] = Images.create(workspaces, ArrayType.ACTIVATION_GRAD, inputs[i].shape());
            Memory images = Images.memory(gradients[i], format);
            Reorder.copy(part(all, channel, images), images);
            channel += images.layout().dims()[1];
        }
        return new Pair<>(null, gradients);
    }

    /** The channels from some channel on that an input has. */
    private static Memory part(Memory all, long channel, Memory input) {
        return all.part(new long[] {0, channel, 0, 0}, input.layout().dims());
    }
}
