package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** Padding is 1 outside of Same mode, which is the cropping case where the dilation is 2. */
class AsymmetricConvBlockGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        return SmallNets.graph(
                c.geometry(new AsymmetricConvBlock.Builder(3)).nOut(2).build(), global, input);
    }
}
