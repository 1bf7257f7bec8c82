package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's element-wise vertex, of blocked images too. */
@SuppressWarnings("overrides") // of DL4J's own two declarations of one method
final class OneDnnElementWise extends ElementWiseVertex implements OwnOutputs.Maker {
    private final transient CNN2DFormat format;
    private final transient boolean sum;
    private transient OneDnnConvolution summand;
    private transient INDArray promised;
    private transient OwnOutput own;

    OneDnnElementWise(ComputationGraph graph, ElementWiseVertex stock, CNN2DFormat format) {
        super(
                graph,
                stock.getVertexName(),
                stock.getVertexIndex(),
                stock.getInputVertices(),
                stock.getOutputVertices(),
                operation(stock),
                DataType.FLOAT);
        this.format = format;
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
        INDArray[] inputs = getInputs();
        boolean inside = Placement.staysInside(workspaces, List.of());
        promised = null;
        for (INDArray input : inputs) {
            if (summand != null && summand.hasPromised(input)) {
                if (inside && haveOneShape(inputs)) {
                    promised = own == null
                            ? Images.create(workspaces, ArrayType.ACTIVATIONS, input.shape())
                            : own.array(input.shape());
                    return promised;
                }
                summand.keepPromise();
            }
        }
        if (!inside || !Arrays.stream(inputs).allMatch(Images::areBlocked) || !haveOneBlock(inputs)) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Images.plain(inputs[i], format);
            }
        }
        return super.doForward(training, workspaces);
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
