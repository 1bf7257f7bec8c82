package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's element-wise vertex, of blocked images too. */
@SuppressWarnings("overrides") // of DL4J's own two declarations of one method
final class OneDnnElementWise extends ElementWiseVertex {
    private final transient CNN2DFormat format;

    OneDnnElementWise(ComputationGraph graph, ElementWiseVertex stock, Op op, DataType type, CNN2DFormat format) {
        super(
                graph,
                stock.getVertexName(),
                stock.getVertexIndex(),
                stock.getInputVertices(),
                stock.getOutputVertices(),
                op,
                type);
        this.format = format;
    }

    /** Where a pass has asked for an input of this vertex, that one is plain, and so must be the others. */
    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray[] inputs = getInputs();
        if (!Arrays.stream(inputs).allMatch(Images::areBlocked)) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Images.plain(inputs[i], format);
            }
        }
        return super.doForward(training, workspaces);
    }
}
