package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.layers.Interpolation.Method;
import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** The stochastic soft mask, with every method of interpolation, windows of 3 and 5 and more and less padding. */
class SampledConv2DGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        SampledConv2D layer = c.geometry(new SampledConv2D.Builder(c.regularized() ? 3 : 1, 3))
                .nOut(2)
                .sampling(Sampling.builder().gridInterval(3).sparsityWeight(0.5).build())
                .interpolation(method(c))
                .window(c.dilation() == 1 ? 3 : 5)
                .hasBias(c.batch() != 5)
                .padding(c.mode() == ConvolutionMode.Same || c.batch() == 1 ? 0 : 1)
                .build();
        return SmallNets.graph(layer, global, input);
    }

    private static Method method(GradientCase c) {
        return switch (c.activation()) {
            case TANH -> Method.RBF;
            case SWISH -> Method.LEARNED;
            default -> c.batch() == 4 ? Method.NONE : Method.AVERAGE;
        };
    }
}
