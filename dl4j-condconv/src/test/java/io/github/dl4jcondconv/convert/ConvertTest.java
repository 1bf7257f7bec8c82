package io.github.dl4jcondconv.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.fusion.NetworkSize;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.Routing;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What conversion promises, on networks drawn from seeds. */
class ConvertTest {
    // a few hundred products a value, five layers deep, in double
    private static final double ROUNDING = 1e-12;
    // the same in float
    private static final double FLOAT_ROUNDING = 1e-5;

    private record Template(String name, Supplier<? extends Convolution2DBlock.Builder<?>> builder) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Template ACB = new Template("acb", AsymmetricConvBlock.Builder::new);
    private static final Template CONDCONV =
            new Template("condconv of 4", () -> new CondConv2D.Builder().numExperts(4));

    private static List<Template> templates() {
        return List.of(
                ACB,
                CONDCONV,
                new Template(
                        "condconv of 3 with static bias",
                        () -> new CondConv2D.Builder().numExperts(3).hasBias(false)),
                new Template("condconv of 1", () -> new CondConv2D.Builder().numExperts(1)),
                new Template(
                        "condconv with softmax",
                        () -> new CondConv2D.Builder().numExperts(3).routing(Routing.softmax(2))),
                new Template("condconv with hidden layer", () -> new CondConv2D.Builder()
                        .numExperts(2)
                        .routing(Routing.sigmoid().withHiddenLayer(1))),
                new Template(
                        "weightnet", () -> new WeightNetConv2D.Builder().m(2).g(1)),
                new Template(
                        "weightnet of 3 gates",
                        () -> new WeightNetConv2D.Builder().m(3).g(1)));
    }

    static Stream<Arguments> networks() {
        return templates().stream()
                .flatMap(template -> LongStream.range(0, 3).mapToObj(seed -> Arguments.of(template, seed)));
    }

    private static ComputationGraph converted(Template template, ComputationGraph graph) {
        return Convert.to(template.builder()).convert(graph).network();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("networks")
    void theConvertedNetworkAnswersAsTheGivenOne(Template template, long seed) {
        RandomNetwork net = RandomNetwork.of(seed, DataType.DOUBLE);
        assertThat(largestDifference(net, converted(template, net.graph()))).isLessThan(ROUNDING);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void inSinglePrecisionToo(long seed) {
        RandomNetwork net = RandomNetwork.of(seed, DataType.FLOAT);
        assertThat(largestDifference(net, converted(ACB, net.graph()))).isLessThan(FLOAT_ROUNDING);
    }

    static LongStream seeds() {
        return LongStream.range(10, 13);
    }

    /** Normalisations are taken in with what they do in training. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anAsymmetricBlockStartsInTrainingAsConvolutionAndNormalisationDid(long seed) {
        RandomNetwork net = RandomNetwork.of(seed, DataType.DOUBLE, true);
        INDArray batch = net.batch();
        Map<String, INDArray> expected = net.graph().feedForward(batch, true);
        Map<String, INDArray> actual = converted(ACB, net.graph()).feedForward(batch, true);
        assertThat(SmallNets.relativeDifference(actual.get("out"), expected.get("out")))
                .isLessThan(ROUNDING);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void convertedTrainedAndFusedANetworkHasTheSizesOfTheFusedOriginal(long seed) {
        RandomNetwork net = RandomNetwork.of(seed, DataType.FLOAT);
        ComputationGraph acnet = converted(ACB, net.graph());
        net.fit(acnet);
        NetworkSize fused = GraphFuser.fuse(acnet, net.input()).report().after();
        assertThat(fused)
                .isEqualTo(GraphFuser.fuse(net.graph(), net.input()).report().after());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyConvolutionIsReplacedOrInTheReport(long seed) {
        Conversion<ComputationGraph> acnet = Convert.to(AsymmetricConvBlock.Builder::new)
                .convert(RandomNetwork.of(seed, DataType.FLOAT).graph());
        assertThat(acnet.report().stayed().keySet()).containsAll(convolutions(acnet.network()));
    }

    private static List<String> convolutions(ComputationGraph graph) {
        return Stream.of(graph.getLayers())
                .map(layer -> layer.conf().getLayer())
                .filter(layer -> layer instanceof ConvolutionLayer)
                .map(Layer::getLayerName)
                .toList();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("networks")
    void theGivenNetworkIsAsItWas(Template template, long seed) {
        ComputationGraph graph = RandomNetwork.of(seed, DataType.FLOAT).graph();
        String json = graph.getConfiguration().toJson();
        INDArray parameters = graph.params().dup();
        converted(template, graph).params().assign(0);
        assertThat(graph.getConfiguration().toJson()).isEqualTo(json);
        assertThat(graph.params()).isEqualTo(parameters);
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("networks")
    void aConfigurationBecomesThatOfTheConvertedNetwork(Template template, long seed) {
        ComputationGraph graph = RandomNetwork.of(seed, DataType.FLOAT).graph();
        ComputationGraph fresh = new ComputationGraph(
                Convert.to(template.builder()).convert(graph.getConfiguration()).network());
        fresh.init();
        assertThat(fresh.getConfiguration().toJson())
                .isEqualTo(converted(template, graph).getConfiguration().toJson());
    }

    @Test
    void convertingTwiceGivesTheSameWeights() {
        ComputationGraph graph = RandomNetwork.of(1, DataType.FLOAT).graph();
        assertThat(converted(ACB, graph).params())
                .isEqualTo(converted(ACB, graph).params());
    }

    @Test
    void expertsThatStartEqualGrowApart() {
        RandomNetwork net = RandomNetwork.of(3, DataType.DOUBLE);
        ComputationGraph condConv = converted(CONDCONV, net.graph());
        net.fit(condConv);
        INDArray experts = condConv.getParam("conv1_W");
        assertThat(experts.slice(0).distance2(experts.slice(1))).isGreaterThan(1e-6);
        assertThat(experts.slice(0).distance2(experts.slice(2))).isGreaterThan(1e-6);
    }

    private static double largestDifference(RandomNetwork net, ComputationGraph converted) {
        INDArray batch = net.batch();
        INDArray[] expected = net.graph().output(batch);
        INDArray[] actual = converted.output(batch);
        return Math.max(
                SmallNets.relativeDifference(actual[0], expected[0]),
                SmallNets.relativeDifference(actual[1], expected[1]));
    }
}
