package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.activations.Activation;

class SqueezeExcitationGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        SqueezeExcitation layer = new SqueezeExcitation.Builder()
                .reductionRatio(c.one("ratio", 1, 2))
                .hiddenActivation(c.one("hidden", Activation.RELU, Activation.SWISH))
                .activation(c.activation())
                .build();
        return SmallNets.graph(layer, global, input);
    }
}
