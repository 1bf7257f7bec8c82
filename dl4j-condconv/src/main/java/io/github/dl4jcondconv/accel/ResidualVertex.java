package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The ReLU of a residual block, relu(convolution(x) + shortcut), computed in one kernel where the pass needs neither the
 * convolution nor the sum for itself. Inputs are the sum, as DL4J knows, and the shortcut and x, which must stay in memory
 * until now.
 */
@SuppressWarnings("overrides") // of DL4J's own
final class ResidualVertex extends LayerVertex implements OwnOutputs.Maker {
    private static final int SUM = 0;
    static final int SHORTCUT = 1;
    static final int X = 2;

    private final transient OneDnnConvolution convolution;
    private final transient OneDnnElementWise sum;
    private final transient Placement placement;
    private transient OwnOutput own;

    ResidualVertex(
            ComputationGraph graph,
            LayerVertex relu,
            OneDnnConvolution convolution,
            OneDnnElementWise sum,
            Placement placement,
            int shortcut,
            int x) {
        super(
                graph,
                relu.getVertexName(),
                relu.getVertexIndex(),
                new VertexIndices[] {
                    relu.getInputVertices()[SUM], new VertexIndices(shortcut, 0), new VertexIndices(x, 0)
                },
                relu.getOutputVertices(),
                relu.getLayer(),
                null,
                false,
                DataType.FLOAT);
        this.convolution = convolution;
        this.sum = sum;
        this.placement = placement;
    }

    /** The shortcut and x. */
    VertexIndices[] summands() {
        VertexIndices[] all = super.getInputVertices();
        return new VertexIndices[] {all[SHORTCUT], all[X]};
    }

    @Override
    public void setOwnOutput(OwnOutput output) {
        own = output;
    }

    /** Those that DL4J knows. */
    @Override
    public VertexIndices[] getInputVertices() {
        return new VertexIndices[] {super.getInputVertices()[SUM]};
    }

    @Override
    public void setInput(int number, INDArray input, LayerWorkspaceMgr workspaces) {
        if (number == SUM && !sum.hasPromised(input)) {
            super.setInput(number, input, workspaces);
        } else {
            getInputs()[number] = input;
        }
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray whole = own == null || training ? null : own.ofWholePass(workspaces);
        if (whole != null) {
            return whole;
        }
        INDArray[] inputs = getInputs();
        if (!sum.hasPromised(inputs[SUM])) {
            return super.doForward(training, workspaces);
        }
        CNN2DFormat format = placement.format();
        boolean blocked = placement.allowsBlocked(workspaces, getLayer().getListeners());
        if (own != null && blocked && Images.areBlocked(inputs[SHORTCUT])) {
            return own.compute(
                    inputs[SHORTCUT]::shape,
                    output -> convolution.keepPromise(inputs[SHORTCUT], output),
                    inputs[SHORTCUT],
                    inputs[X]);
        }
        INDArray shortcut = Images.blocked(inputs[SHORTCUT], format);
        INDArray output =
                Images.create(workspaces, ArrayType.ACTIVATIONS, Images.shape(shortcut, format), format, blocked);
        convolution.keepPromise(shortcut, output);
        return output;
    }
}
