package io.github.dl4jcondconv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.NoOp;

/** Every parameter starts negative, so that a constraint to numbers from 0 shows on whom it acts. */
class ConstraintTest {
    private static NeuralNetConfiguration.Builder global() {
        return SmallNets.global(DataType.FLOAT, new NoOp());
    }

    private static Set<String> constrained(ProbeLayer.Builder layer, NeuralNetConfiguration.Builder global) {
        return constrained(ProbeNets.around(layer.build(), global));
    }

    private static Set<String> constrained(ComputationGraph net) {
        net.params().assign(-1);
        net.fit(ProbeNets.batch(DataType.FLOAT, 4));
        Set<String> constrained = new TreeSet<>();
        net.getLayer("layer").paramTable().forEach((name, p) -> {
            if (p.minNumber().doubleValue() >= 0) {
                constrained.add(name);
            }
        });
        return constrained;
    }

    @Test
    void constrainWeightsActsOnWeights() {
        assertThat(constrained(new ProbeLayer.Builder().constrainWeights(new NonNegativeConstraint()), global()))
                .containsExactly("W", "unused");
    }

    @Test
    void constrainBiasActsOnBiases() {
        assertThat(constrained(new ProbeLayer.Builder().constrainBias(new NonNegativeConstraint()), global()))
                .containsExactly("b");
    }

    @Test
    void constrainAllParametersActsOnEverythingTrained() {
        assertThat(constrained(new ProbeLayer.Builder().constrainAllParameters(new NonNegativeConstraint()), global()))
                .containsExactly("W", "b", "gamma", "unused");
    }

    @Test
    void globalConstrainWeightsActsOnWeights() {
        assertThat(constrained(new ProbeLayer.Builder(), global().constrainWeights(new NonNegativeConstraint())))
                .containsExactly("W", "unused");
    }

    @Test
    void globalConstrainBiasActsOnBiases() {
        assertThat(constrained(new ProbeLayer.Builder(), global().constrainBias(new NonNegativeConstraint())))
                .containsExactly("b");
    }

    @Test
    void aClonedNetworkKeepsItsConstraints() {
        ComputationGraph net = ProbeNets.around(
                new ProbeLayer.Builder()
                        .constrainWeights(new NonNegativeConstraint())
                        .build(),
                global());
        assertThat(constrained(net.clone())).containsExactly("W", "unused");
    }
}
