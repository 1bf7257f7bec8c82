package io.github.dl4jcondconv.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What every rule promises, in one line. */
final class FusionAssertions {
    private FusionAssertions() {}

    /** The bound on the difference as a part of the largest output that the project sets for each type. */
    static double bound(ComputationGraph graph) {
        return graph.getConfiguration().getDataType() == DataType.DOUBLE ? 1e-12 : 1e-5;
    }

    /** Fusion leaves exactly these vertices, and the answer to a batch as it was. */
    static void assertFusesTo(ComputationGraph graph, INDArray batch, String... vertices) {
        FusionResult fused = GraphFuser.fuse(graph);
        assertThat(fused.graph().getConfiguration().getVertices()).containsOnlyKeys(vertices);
        assertThat(fused.verify(batch).maxRelative()).isLessThan(bound(graph));
    }

    /** Fusion leaves this vertex in place with this reason, and the answer to a batch as it was. */
    static void assertStays(ComputationGraph graph, INDArray batch, String vertex, String reason) {
        FusionResult fused = GraphFuser.fuse(graph);
        assertThat(fused.report().stayed().get(vertex)).contains(reason);
        assertThat(fused.graph().getConfiguration().getVertices()).containsKey(vertex);
        assertThat(fused.verify(batch).maxRelative()).isLessThan(bound(graph));
    }
}
