package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;

import io.github.dl4jcondconv.layers.CondConv2D;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;

class AbsorbActivationTest {

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"RELU", "LEAKYRELU", "SOFTMAX", "SWISH", "RRELU", "GELU"})
    void theConvolutionActivatesItself(Activation activation) {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("act", new ActivationLayer(activation), "conv")
                .setOutputs("act"));
        assertFusesTo(graph, batch(graph), "act");
    }

    @Test
    void aConditionalConvolutionActivatesItself() {
        ComputationGraph graph = images(b -> b.addLayer(
                        "conv", new CondConv2D.Builder(3).nOut(4).numExperts(2).build(), "in")
                .addLayer("act", new ActivationLayer(Activation.RELU), "conv")
                .setOutputs("act"));
        assertFusesTo(graph, batch(graph), "act");
    }

    @Test
    void aSecondActivationStays() {
        ComputationGraph graph = images(b -> b.addLayer(
                        "conv",
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer("act", new ActivationLayer(Activation.RELU), "conv")
                .setOutputs("act"));
        assertFusesTo(graph, batch(graph), "conv", "act");
    }

    @Test
    void anActivationOfPoolingStays() {
        ComputationGraph graph = images(b -> b.addLayer("pool", new SubsamplingLayer.Builder().build(), "in")
                .addLayer("act", new ActivationLayer(Activation.RELU), "pool")
                .setOutputs("act"));
        assertFusesTo(graph, batch(graph), "pool", "act");
    }

    @Test
    void anActivationThatOthersBypassStays() {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("act", new ActivationLayer(Activation.TANH), "conv")
                .addLayer("other", new ActivationLayer(Activation.RELU), "conv")
                .setOutputs("act", "other"));
        assertFusesTo(graph, batch(graph), "conv", "act", "other");
    }
}
