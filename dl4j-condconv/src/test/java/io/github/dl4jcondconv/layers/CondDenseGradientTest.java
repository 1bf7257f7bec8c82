package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

class CondDenseGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        return Routed.isShared(c)
                ? SmallNets.ofVectorsWithSource(layer(c, Routing.shared()), Routed.router(c), global, input)
                : SmallNets.ofVectors(layer(c, Routed.own(c)), global, input);
    }

    private static CondDense layer(GradientCase c, Routing routing) {
        return new CondDense.Builder()
                .nOut(4)
                .numExperts(Routed.experts(c))
                .hasBias(c.one("bias", true, false))
                .staticBias(c.one("static bias", true, false))
                .routing(routing)
                .mixing(c.one("mixing", Mixing.KERNELS, Mixing.OUTPUTS))
                .activation(c.activation())
                .build();
    }
}
