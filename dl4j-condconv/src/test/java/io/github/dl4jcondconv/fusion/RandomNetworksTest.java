package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fusion's promises on networks that nobody wrote: chains and branches of stock layers, drawn from a printed seed. */
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
        GraphFuser.fuse(graph).graph().feedForward(images, false).forEach((name, actual) -> {
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
                .filter(name -> fused.graph().getVertex(name).hasLayer())
                .filter(name -> fused.graph().getLayer(name).conf().getLayer() instanceof BatchNormalization)
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

    private static ComputationGraph random(long seed) {
        return images(builder -> new Growth(new Random(seed), builder).grow());
    }

    /** Adds vertices that keep the image's size and give 4 channels, each on some that are there. */
    private static final class Growth {
        private static final int VERTICES = 14;

        private final Random random;
        private final GraphBuilder builder;
        private final List<String> images = new ArrayList<>();

        Growth(Random random, GraphBuilder builder) {
            this.random = random;
            this.builder = builder;
        }

        void grow() {
            images.add("entrance");
            builder.addLayer("entrance", convolution(), "in");
            while (images.size() < VERTICES) {
                String name = "v" + images.size();
                add(name, recent());
                images.add(name);
            }
            builder.addVertex("all", new MergeVertex(), ends()).setOutputs("all", images.get(random.nextInt(VERTICES)));
        }

        private void add(String name, String input) {
            switch (random.nextInt(16)) {
                case 0, 1 -> addSum(name, input, images.get(random.nextInt(images.size())));
                case 2 -> builder.addVertex(name, new ScaleVertex(random.nextGaussian()), input);
                case 3 -> builder.addVertex(name, new ShiftVertex(random.nextGaussian()), input);
                case 4, 5 -> addActivation(name, input);
                case 6, 7 -> addBranches(name, input);
                default -> builder.addLayer(name, layer(), input);
            }
        }

        private void addSum(String name, String a, String b) {
            if (a.equals(b)) {
                builder.addLayer(name, layer(), a);
            } else {
                builder.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), a, b);
            }
        }

        /** On a layer of its own: in feedForward, DL4J lets an ActivationLayer write into its input. */
        private void addActivation(String name, String input) {
            Activation activation = random.nextBoolean() ? Activation.TANH : Activation.RELU;
            builder.addLayer(name + "-before", random.nextBoolean() ? batchNorm() : convolution(), input)
                    .addLayer(name, new ActivationLayer(activation), name + "-before");
        }

        private void addBranches(String name, String input) {
            builder.addLayer(name + "-a", convolution(), input)
                    .addLayer(name + "-a-bn", batchNorm(), name + "-a")
                    .addLayer(name + "-b", random.nextBoolean() ? batchNorm() : convolution(), input)
                    .addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), name + "-a-bn", name + "-b");
        }

        /** Mostly the last vertex, so that chains form. */
        private String recent() {
            int back = random.nextInt(4) == 0 ? random.nextInt(images.size()) : 0;
            return images.get(images.size() - 1 - back);
        }

        private String[] ends() {
            return images.stream()
                    .filter(name ->
                            builder.getVertexInputs().values().stream().noneMatch(inputs -> inputs.contains(name)))
                    .toArray(String[]::new);
        }

        private Layer layer() {
            return switch (random.nextInt(8)) {
                case 0, 1, 2 -> batchNorm();
                case 3 -> new DepthwiseConvolution2D.Builder(3, 3).build();
                case 4 -> new SeparableConvolution2D.Builder(3, 3).nOut(4).build();
                case 5 -> new DropoutLayer(0.5);
                case 6 ->
                    new SubsamplingLayer.Builder(random.nextBoolean() ? PoolingType.AVG : PoolingType.MAX)
                            .kernelSize(3, 3)
                            .stride(1, 1)
                            .build();
                default -> convolution();
            };
        }

        private BatchNormalization batchNorm() {
            return new BatchNormalization.Builder()
                    .useLogStd(random.nextBoolean())
                    .lockGammaBeta(random.nextInt(4) == 0)
                    .build();
        }

        private ConvolutionLayer convolution() {
            return new ConvolutionLayer.Builder(1 + 2 * random.nextInt(2), 1 + 2 * random.nextInt(2))
                    .nOut(4)
                    .hasBias(random.nextBoolean())
                    .activation(random.nextInt(3) == 0 ? Activation.RELU : Activation.IDENTITY)
                    .build();
        }
    }
}
