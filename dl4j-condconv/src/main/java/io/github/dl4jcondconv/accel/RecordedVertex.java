package io.github.dl4jcondconv.accel;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer of a network that only predicts. Passes that do what an earlier one did repeat that without the layer, which does
 * not even learn of its input: to go through each layer takes longer than the kernels of small ones.
 */
@SuppressWarnings("overrides") // of DL4J's own
final class RecordedVertex extends LayerVertex {
    private final transient OwnOutputs.Maker maker;
    private final transient OwnOutput own;
    private final transient Features features;

    /** Whether the layer knows the input. */
    private transient boolean told;

    /**
     * @param own the output of the layer, which is the maker
     * @param features what the layer reads if that is the network's input, otherwise null
     */
    RecordedVertex(
            ComputationGraph graph, LayerVertex stock, OwnOutputs.Maker maker, OwnOutput own, Features features) {
        super(
                graph,
                stock.getVertexName(),
                stock.getVertexIndex(),
                stock.getInputVertices(),
                stock.getOutputVertices(),
                stock.getLayer(),
                null,
                false,
                DataType.FLOAT);
        this.maker = maker;
        this.own = own;
        this.features = features;
    }

    @Override
    public void setInput(int number, INDArray input, LayerWorkspaceMgr workspaces) {
        INDArray read = features == null
                ? input
                : features.copyOf(input, workspaces, getLayer().getListeners());
        told = number != 0 || !own.isMadeAgain(read);
        if (told) {
            super.setInput(number, read, workspaces);
        } else {
            getInputs()[0] = read;
            setSetLayerInput(false);
        }
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        if (!told && !training) {
            if (features != null) {
                features.areReadAgain();
            }
            INDArray output = own.ofWholePass(workspaces);
            if (output == null && isLeftOut(workspaces)) {
                output = own.again();
            }
            if (output != null) {
                maker.leaveOut(workspaces);
                return output;
            }
        }
        if (!told && canDoForward()) {
            told = true;
            applyPreprocessorAndSetInput(workspaces);
        }
        return super.doForward(training, workspaces);
    }

    private boolean isLeftOut(LayerWorkspaceMgr workspaces) {
        return own.isReady()
                && own.isLast(getInputs()[0])
                && getLayer().getMaskArray() == null
                && Placement.staysInside(workspaces, getLayer().getListeners());
    }

    @Override
    public void clear() {
        if (told) {
            super.clear();
        } else {
            getInputs()[0] = null;
        }
    }
}
