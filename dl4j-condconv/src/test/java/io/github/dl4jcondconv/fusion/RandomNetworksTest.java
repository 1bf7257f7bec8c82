package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.MaskedConv2D;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fusion's promises on networks that nobody wrote: chains and branches of stock layers and of ours, drawn from a
 * printed seed. */
class RandomNetworksTest {

    static LongStream seeds() {
        return new Random(20261122).longs(25, 0, 1_000_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everySurvivorAnswersAsBefore(long seed) {
        ComputationGraph graph = random(seed);
        INDArray images = batch(graph);
        Map<String, INDArray> expected = graph.feedForward(images, false);
        ComputationGraph fused = GraphFuser.fuse(graph).graph();
        Map<String, INDArray> answers = fused.feedForward(images, false);
        // nobody sees what a masked convolution answers where its mask leaves out
        answers.keySet().retainAll(expected.keySet());
        answers.keySet().removeIf(name -> isA(MaskedConv2D.class, fused, name));
        answers.forEach((name, actual) -> {
            double largest = expected.get(name).amaxNumber().doubleValue();
            assertThat(actual.sub(expected.get(name)).amaxNumber().doubleValue())
                    .as(name)
                    .isLessThanOrEqualTo(1e-12 * largest);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fusingTwiceIsFusingOnce(long seed) {
        ComputationGraph once = GraphFuser.fuse(random(seed)).graph();
        ComputationGraph twice = GraphFuser.fuse(once).graph();
        assertThat(twice.getConfiguration().toJson())
                .isEqualTo(once.getConfiguration().toJson());
        assertThat(twice.params()).isEqualTo(once.params());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theOrderOfRulesDoesNotMatter(long seed) {
        List<FusionRule> shuffled = new ArrayList<>(GraphFuser.RULES);
        Collections.shuffle(shuffled, new Random(seed));
        ComputationGraph expected = GraphFuser.fuse(random(seed)).graph();
        ComputationGraph actual = GraphFuser.fuse(shuffled, random(seed)).graph();
        assertThat(actual.getConfiguration().getVertexInputs())
                .isEqualTo(expected.getConfiguration().getVertexInputs());
        assertThat(actual.params().distance2(expected.params()))
                .isLessThan(1e-12 * expected.params().norm2Number().doubleValue());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyNormalisationVanishesOrIsInTheReport(long seed) {
        FusionResult fused = GraphFuser.fuse(random(seed));
        List<String> left = fused.graph().getConfiguration().getVertices().keySet().stream()
                .filter(name -> isA(BatchNormalization.class, fused.graph(), name))
                .toList();
        assertThat(fused.report().stayed().keySet()).containsAll(left);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theGivenNetworkIsAsItWas(long seed) {
        ComputationGraph graph = random(seed);
        String json = graph.getConfiguration().toJson();
        INDArray parameters = graph.params().dup();
        GraphFuser.fuse(graph).graph().params().assign(0);
        assertThat(graph.getConfiguration().toJson()).isEqualTo(json);
        assertThat(graph.params()).isEqualTo(parameters);
    }

    private static boolean isA(Class<?> type, ComputationGraph graph, String vertex) {
        return graph.getVertex(vertex).hasLayer()
                && type.isInstance(graph.getLayer(vertex).conf().getLayer());
    }

    private static ComputationGraph random(long seed) {
        return images(builder -> new RandomNetwork(new Random(seed), builder).grow());
    }
}
