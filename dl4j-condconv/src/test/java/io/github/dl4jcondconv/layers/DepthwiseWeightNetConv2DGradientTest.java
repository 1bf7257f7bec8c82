package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

class DepthwiseWeightNetConv2DGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        return Generated.network(c, new DepthwiseWeightNetConv2D.Builder(2, 3), global, input);
    }
}
