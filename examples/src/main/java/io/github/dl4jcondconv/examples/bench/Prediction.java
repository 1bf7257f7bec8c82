package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Answers to one batch, into the same memory each time: new memory for large answers can take longer than the network. */
record Prediction(ComputationGraph graph, INDArray... inputs) implements Contender {
    private static final String WORKSPACE = "BENCH_ANSWERS";
    private static final WorkspaceConfiguration MEMORY = WorkspaceConfiguration.builder()
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .build();

    @Override
    public List<INDArray> outcome() {
        return List.of(graph.outputSingle(inputs));
    }

    @Override
    public void run() {
        try (MemoryWorkspace answers = Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, WORKSPACE)) {
            graph.output(false, answers, inputs);
        }
    }
}
