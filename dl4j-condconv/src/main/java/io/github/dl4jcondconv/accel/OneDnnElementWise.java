package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;

import io.github.dl4jcondconv.onednn.Binary;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Recording;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's element-wise vertex, of blocked images too; a sum together with a ReLU that follows where it can. */
@SuppressWarnings("overrides") // of DL4J's own two declarations of one method
final class OneDnnElementWise extends ElementWiseVertex implements OwnOutputs.Maker, Rectified {
    private final transient Placement placement;
    private final transient CNN2DFormat format;
    private final transient boolean sum;
    private transient OneDnnConvolution summand;
    private transient INDArray promised;
    private transient OwnOutput own;

    /** Whether the last pass computed the sum of two arrays here. */
    private transient boolean summed;

    private transient INDArray rectified;

    OneDnnElementWise(ComputationGraph graph, ElementWiseVertex stock, Placement placement) {
        super(
                graph,
                stock.getVertexName(),
                stock.getVertexIndex(),
                stock.getInputVertices(),
                stock.getOutputVertices(),
                operation(stock),
                DataType.FLOAT);
        this.placement = placement;
        this.format = placement.format();
        this.sum = operation(stock) == Op.Add;
    }

    private static Op operation(ElementWiseVertex stock) {
        return Internals.get(ElementWiseVertex.class, "op", stock);
    }

    /** @param summand whose output is an input of this sum and may wait for what follows */
    void waitFor(OneDnnConvolution summand) {
        this.summand = summand;
    }

    @Override
    public void setOwnOutput(OwnOutput output) {
        own = output;
    }

    @Override
    public INDArray rectifiedOutput() {
        return rectified;
    }

    boolean isSum() {
        return sum;
    }

    /** Whether an array is the output of the last pass, which has not been computed. */
    boolean hasPromised(INDArray output) {
        return promised != null && promised == output;
    }

    /** Where a pass has asked for this vertex or an input of it, that one is plain, and so must be the others. */
    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        promised = own == null || training ? null : own.ofWholePass(workspaces);
        if (promised != null) {
            return promised;
        }
        INDArray[] inputs = getInputs();
        boolean inside = Placement.staysInside(workspaces, List.of());
        summed = false;
        rectified = null;
        for (INDArray input : inputs) {
            if (summand != null && summand.hasPromised(input)) {
                if (inside && haveOneShape(inputs)) {
                    promised = own == null
                            ? Images.create(workspaces, ArrayType.ACTIVATIONS, input.shape())
                            : own.promise(input::shape, inputs.clone());
                    return promised;
                }
                summand.keepPromise();
            }
        }
        Recording.catchUp();
        if (!inside || !Arrays.stream(inputs).allMatch(Images::areBlocked) || !haveOneBlock(inputs)) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Images.plain(inputs[i], format);
            }
        }
        summed = sum && inside && inputs.length == 2 && Images.areBlocked(inputs[0]) && haveOneShape(inputs);
        if (!summed) {
            return super.doForward(training, workspaces);
        }
        if (training && placement.reluFollows()) {
            rectified = sum(inputs[0], inputs[1], PostOps.of(Eltwise.Function.RELU), workspaces);
            return rectified;
        }
        return sum(inputs[0], inputs[1], PostOps.NONE, workspaces);
    }

    /** In one pass over memory, where DL4J copies the one and adds the other. */
    private static INDArray sum(INDArray a, INDArray b, PostOps after, LayerWorkspaceMgr workspaces) {
        INDArray result = Images.create(workspaces, ArrayType.ACTIVATIONS, a.shape());
        Layout layout = Layout.dense(a.length());
        new Binary(Binary.Operation.ADD, layout, layout)
                .kernel(after)
                .run(Map.of(
                        SRC, new Memory(layout, Images.dense(a)),
                        SRC_1, new Memory(layout, Images.dense(b)),
                        DST, new Memory(layout, result)));
        return result;
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
        if (!summed) {
            return super.doBackward(tbptt, workspaces);
        }
        INDArray[] gradients = {
            workspaces.dup(ArrayType.ACTIVATION_GRAD, getEpsilon()),
            workspaces.dup(ArrayType.ACTIVATION_GRAD, getEpsilon())
        };
        return new Pair<>(null, gradients);
    }

    private static boolean haveOneBlock(INDArray[] inputs) {
        return Arrays.stream(inputs)
                        .mapToLong(input -> input.size(4))
                        .distinct()
                        .count()
                == 1;
    }

    private static boolean haveOneShape(INDArray[] inputs) {
        return Arrays.stream(inputs).allMatch(inputs[0]::equalShapes);
    }
}
