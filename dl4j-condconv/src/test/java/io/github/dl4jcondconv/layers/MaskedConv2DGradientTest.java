package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** In training the mask, of the size of the output, makes no difference. */
class MaskedConv2DGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        MaskedConv2D layer = c.geometry(new MaskedConv2D.Builder(3, 3))
                .nOut(3)
                .hasBias(c.one("bias", true, false))
                .build();
        SamplingMask mask = c.window(new SamplingMask.Builder()).build();
        return SmallNets.withSource(layer, mask, global, input);
    }
}
