package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A fused network, what was done to get it, and the means to compare it with the network it was made from. */
public final class FusionResult {
    private final ComputationGraph given;
    private final ComputationGraph graph;
    private final FusionReport report;

    FusionResult(ComputationGraph given, ComputationGraph graph, FusionReport report) {
        this.given = given;
        this.graph = graph;
        this.report = report;
    }

    /** The fused network. */
    public ComputationGraph graph() {
        return graph;
    }

    /** What was fused, what stayed and why, and the sizes before and after. */
    public FusionReport report() {
        return report;
    }

    /**
     * Runs both networks at inference on a batch and compares every output.
     *
     * @param batch one array for each input of the network; not written to
     */
    public Verification verify(INDArray... batch) {
        return Verification.of(given, graph, batch);
    }
}
