package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** The soft mask, with a loss of its own where the batch is 4, without a grid where it is 5. */
class SamplingMaskGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        SamplingMask layer = c.window(new SamplingMask.Builder())
                .sampling(Sampling.builder()
                        .gate(gate(c))
                        .gridInterval(c.batch() == 5 ? null : 3)
                        .sparsityWeight(c.batch() == 4 ? 0.7 : 0)
                        .build())
                .build();
        return SmallNets.graph(layer, global, input);
    }

    private static Gate gate(GradientCase c) {
        return switch (c.activation()) {
            case TANH -> Gate.DETERMINISTIC;
            case SWISH -> Gate.RELU;
            default -> Gate.STOCHASTIC;
        };
    }
}
