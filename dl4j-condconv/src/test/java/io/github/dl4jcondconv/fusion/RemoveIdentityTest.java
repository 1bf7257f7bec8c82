package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

class RemoveIdentityTest {

    static Stream<Named<Layer>> idle() {
        return Stream.of(
                Named.of("dropout", new DropoutLayer(0.5)),
                Named.of("spatial dropout", new DropoutLayer(new SpatialDropout(0.5))),
                Named.of("noise", new DropoutLayer(new GaussianNoise(0.1))),
                Named.of("identity", new ActivationLayer(Activation.IDENTITY)));
    }

    @ParameterizedTest
    @MethodSource("idle")
    void vanishesAndOpensTheWayForOthers(Layer idle) {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("idle", idle, "conv")
                .addLayer("bn", batchNorm(), "idle")
                .setOutputs("bn"));
        assertFusesTo(graph, batch(graph), "bn");
    }

    @ParameterizedTest
    @MethodSource("idle")
    void givesAnOutputsNameToTheLayerBefore(Layer idle) {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("out", idle, "conv")
                .setOutputs("out"));
        assertFusesTo(graph, batch(graph), "out");
    }

    @Test
    void vanishesAtTheEntrance() {
        ComputationGraph graph = images(b -> b.addLayer("drop", new DropoutLayer(0.9), "in")
                .addLayer("conv", convolution(3, 4), "drop")
                .setOutputs("conv"));
        assertFusesTo(graph, batch(graph), "conv");
    }

    @Test
    void vanishesBehindAVertexWithoutALayer() {
        ComputationGraph graph = images(b -> b.addLayer("a", convolution(3, 4), "in")
                .addLayer("b", new ActivationLayer(Activation.TANH), "a")
                .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "b")
                .addLayer("out", new DropoutLayer(0.9), "product")
                .setOutputs("out"));
        assertFusesTo(graph, batch(graph), "a", "b", "out");
    }

    @Test
    void staysAsAnOutputOfSomethingThatIsReadElsewhere() {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("out", new DropoutLayer(0.9), "conv")
                .setOutputs("out", "conv"));
        assertFusesTo(graph, batch(graph), "conv", "out");
    }

    @Test
    void staysWhereAVertexWouldReadItsInputTwice() {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("drop", new DropoutLayer(0.9), "conv")
                .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "drop", "conv")
                .setOutputs("product"));
        assertFusesTo(graph, batch(graph), "conv", "drop", "product");
    }

    @Test
    void isReportedAsRemoved() {
        ComputationGraph graph = images(b -> b.addLayer("drop", new DropoutLayer(0.9), "in")
                .addLayer("conv", convolution(3, 4), "drop")
                .setOutputs("conv"));
        assertThat(GraphFuser.fuse(graph).report().actions())
                .containsExactly(new FusionAction(
                        "drop", List.of("drop"), List.of("remove what does nothing at inference"), "removed"));
    }
}
