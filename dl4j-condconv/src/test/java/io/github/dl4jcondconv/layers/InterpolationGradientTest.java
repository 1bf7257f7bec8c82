package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.layers.Interpolation.Method;
import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** Every method and two windows, with a soft mask that is trained too. */
class InterpolationGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        Interpolation layer = new Interpolation.Builder(c.one("method", Method.values()))
                .window(c.one("window", 3, 5))
                .activation(c.activation())
                .build();
        SamplingMask mask = new SamplingMask.Builder()
                .sampling(Sampling.builder().gridInterval(3).build())
                .build();
        return SmallNets.withSource(layer, mask, global, input);
    }
}
