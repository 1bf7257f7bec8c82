package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.images;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MergeAffineTest {

    @Test
    void twoNormalisationsBecomeOne() {
        ComputationGraph graph = images(b -> b.addLayer("a", batchNorm(), "in")
                .addLayer(
                        "b",
                        new BatchNormalization.Builder()
                                .useLogStd(false)
                                .eps(0.1)
                                .build(),
                        "a")
                .setOutputs("b"));
        assertFusesTo(graph, batch(graph), "b");
    }

    @Test
    void aLockedNormalisationIsUnlocked() {
        ComputationGraph graph = images(b -> b.addLayer("a", new BatchNormalization.Builder(true).build(), "in")
                .addVertex("b", new ScaleVertex(2), "a")
                .setOutputs("b"));
        assertFusesTo(graph, batch(graph), "b");
    }

    static Stream<Named<GraphVertex>> vertices() {
        return Stream.of(Named.of("scale", new ScaleVertex(-3)), Named.of("shift", new ShiftVertex(0.5)));
    }

    @ParameterizedTest
    @MethodSource("vertices")
    void aNormalisationTakesInWhatFollows(GraphVertex vertex) {
        ComputationGraph graph = images(b -> b.addLayer("pool", new SubsamplingLayer.Builder().build(), "in")
                .addLayer("bn", batchNorm(), "pool")
                .addVertex("vertex", vertex, "bn")
                .setOutputs("vertex"));
        assertFusesTo(graph, batch(graph), "pool", "vertex");
    }

    @ParameterizedTest
    @MethodSource("vertices")
    void aNormalisationTakesInWhatComesBefore(GraphVertex vertex) {
        ComputationGraph graph = images(b -> b.addVertex("vertex", vertex, "in")
                .addLayer("bn", batchNorm(), "vertex")
                .setOutputs("bn"));
        assertFusesTo(graph, batch(graph), "bn");
    }

    @ParameterizedTest
    @MethodSource("vertices")
    void twoOfAKindBecomeOne(GraphVertex vertex) {
        ComputationGraph graph = images(b -> b.addVertex("a", vertex, "in")
                .addVertex("b", vertex.clone(), "a")
                .setOutputs("b"));
        assertFusesTo(graph, batch(graph), "b");
    }

    @Test
    void aScaleAndAShiftStayTwo() {
        ComputationGraph graph = images(b -> b.addVertex("a", new ScaleVertex(2), "in")
                .addVertex("b", new ShiftVertex(3), "a")
                .setOutputs("b"));
        assertFusesTo(graph, batch(graph), "a", "b");
    }
}
