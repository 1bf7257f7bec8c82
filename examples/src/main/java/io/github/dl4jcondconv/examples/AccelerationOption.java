package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.accel.CpuAcceleration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.Option;

/** What the commands that run networks have in common: DL4J's own layers run on oneDNN where that is there. */
final class AccelerationOption {

    @Option(names = "--no-acceleration", description = "Leave the layers that are DL4J's own to DL4J, not to oneDNN.")
    private boolean off;

    boolean isOn() {
        return !off;
    }

    /** A network that only predicts. */
    ComputationGraph predicting(ComputationGraph graph) {
        if (isOn()) {
            CpuAcceleration.accelerateForInference(graph);
        }
        return graph;
    }
}
