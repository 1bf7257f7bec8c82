package io.github.dl4jcondconv.engine;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a {@link MultiInputVertex}: input 0 goes the way of DL4J's LayerVertex, the others straight to the layer. */
@SuppressWarnings("overrides") // DL4J declares setInputs with and without varargs
final class MultiInputLayerVertex extends LayerVertex {
    private static final long serialVersionUID = 1;

    MultiInputLayerVertex(
            ComputationGraph graph,
            String name,
            int index,
            Layer layer,
            InputPreProcessor preProcessor,
            boolean output,
            DataType dataType) {
        super(graph, name, index, layer, preProcessor, output, dataType);
    }

    @Override
    public void setInput(int number, INDArray input, LayerWorkspaceMgr workspaces) {
        if (number == 0) {
            super.setInput(0, input, workspaces);
        } else {
            inputs[number] = input;
            block().setFurtherInput(number, input, workspaces);
        }
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
        Pair<Gradient, INDArray[]> first = super.doBackward(tbptt, workspaces);
        INDArray[] epsilons = new INDArray[inputs.length];
        epsilons[0] = first.getSecond()[0];
        List<INDArray> further = block().furtherEpsilons();
        for (int i = 0; i < further.size(); i++) {
            epsilons[i + 1] = further.get(i);
        }
        return new Pair<>(first.getFirst(), epsilons);
    }

    private BlockLayer block() {
        return BlockLayer.of(getLayer());
    }
}
