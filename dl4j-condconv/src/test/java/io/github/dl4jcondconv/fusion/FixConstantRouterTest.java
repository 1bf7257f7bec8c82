package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.bound;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Routing;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixConstantRouterTest {

    @ParameterizedTest
    @CsvSource({"true, Truncate", "false, Truncate", "true, Same", "false, Same"})
    void aConstantMixtureBecomesAStockConvolution(boolean hasBias, ConvolutionMode mode) {
        ComputationGraph graph = condConv(hasBias, mode);
        graph.getParam("layer_routingW").assign(0);
        assertThat(fusedLayer(graph).getClass()).isEqualTo(ConvolutionLayer.class);
    }

    @ParameterizedTest
    @CsvSource({"true, Truncate", "false, Truncate", "true, Same", "false, Same"})
    void itAnswersAsBefore(boolean hasBias, ConvolutionMode mode) {
        ComputationGraph graph = condConv(hasBias, mode);
        graph.getParam("layer_routingW").assign(0);
        assertThat(GraphFuser.fuse(graph).verify(batch(graph)).maxRelative()).isLessThan(bound(graph));
    }

    @Test
    void theStaticBiasIsNotMixed() {
        ComputationGraph graph = constant(new CondConv2D.Builder(3).staticBias(true));
        assertThat(GraphFuser.fuse(graph).verify(batch(graph)).maxRelative()).isLessThan(bound(graph));
    }

    @Test
    void softmaxMixesAsSoftmax() {
        ComputationGraph graph = constant(new CondConv2D.Builder(3).routing(Routing.softmax(2)));
        assertThat(GraphFuser.fuse(graph).verify(batch(graph)).maxRelative()).isLessThan(bound(graph));
    }

    @Test
    void aSoftmaxOverOneExpertHasNoChoice() {
        ComputationGraph graph = images(b -> b.addLayer(
                        "layer",
                        new CondConv2D.Builder(3)
                                .nOut(4)
                                .numExperts(1)
                                .routing(Routing.softmax(1))
                                .build(),
                        "in")
                .setOutputs("layer"));
        assertThat(fusedLayer(graph).getClass()).isEqualTo(ConvolutionLayer.class);
        assertThat(GraphFuser.fuse(graph).verify(batch(graph)).maxRelative()).isLessThan(bound(graph));
    }

    @Test
    void expertsThatBeginBehindOtherParametersAreMixed() {
        ComputationGraph graph = images(b -> b.addLayer(
                        "before", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "in")
                .addLayer(
                        "layer", new CondConv2D.Builder(3).nOut(2).numExperts(3).build(), "before")
                .setOutputs("layer"));
        graph.getParam("layer_routingW").assign(0);
        assertThat(GraphFuser.fuse(graph).verify(batch(graph)).maxRelative()).isLessThan(bound(graph));
    }

    @Test
    void aRouterThatLooksStays() {
        assertThat(fusedLayer(condConv(true, ConvolutionMode.Truncate)).getClass())
                .isEqualTo(CondConv2D.class);
    }

    private static ComputationGraph condConv(boolean hasBias, ConvolutionMode mode) {
        return images(b -> b.addLayer(
                        "layer",
                        new CondConv2D.Builder(3)
                                .nOut(4)
                                .numExperts(3)
                                .hasBias(hasBias)
                                .convolutionMode(mode)
                                .padding(mode == ConvolutionMode.Same ? 0 : 1)
                                .stride(2)
                                .build(),
                        "in")
                .setOutputs("layer"));
    }

    private static ComputationGraph constant(CondConv2D.Builder builder) {
        ComputationGraph graph = images(b ->
                b.addLayer("layer", builder.nOut(4).numExperts(3).build(), "in").setOutputs("layer"));
        graph.getParam("layer_routingW").assign(0);
        return graph;
    }

    private static Layer fusedLayer(ComputationGraph graph) {
        return GraphFuser.fuse(graph).graph().getLayer("layer").conf().getLayer();
    }
}
