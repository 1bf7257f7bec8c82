package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

class DepthwiseCondConv2DGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        return Routed.network(
                c,
                routing -> Routed.convolution(c, routing, new DepthwiseCondConv2D.Builder(3, 2))
                        .depthMultiplier(c.one("multiplier", 1, 2))
                        .build(),
                global,
                input);
    }
}
