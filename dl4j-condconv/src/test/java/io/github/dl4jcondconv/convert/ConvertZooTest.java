package io.github.dl4jcondconv.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.fusion.FusionResult;
import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Conversion of networks that others wrote: a small one by default, others too with {@code -Dzoo.all}. */
class ConvertZooTest {
    // float rounding of at most 53 layers in a row, 4608 products a value
    private static final double ROUNDING = 1e-5;
    private static final int SIZE = 96;

    static Stream<ZooModel<?>> models() {
        ZooModel<?> small = SimpleCNN.builder().numClasses(5).build();
        return !Boolean.getBoolean("zoo.all")
                ? Stream.of(small)
                : Stream.of(
                        small,
                        Darknet19.builder().numClasses(5).build(),
                        ResNet50.builder().numClasses(5).build());
    }

    private static ComputationGraph graph(Model network) {
        return network instanceof MultiLayerNetwork layers ? layers.toComputationGraph() : (ComputationGraph) network;
    }

    private static ComputationGraph acnet(Model network) {
        Convert convert = Convert.to(AsymmetricConvBlock.Builder::new);
        return network instanceof MultiLayerNetwork layers
                ? convert.convert(layers).network()
                : convert.convert((ComputationGraph) network).network();
    }

    /** Normalisations that do something, and kernels that keep the scale: ResNet50's own start ends in NaN. */
    private static void settle(Model network) {
        network.paramTable().forEach((name, p) -> {
            if (p.rank() == 4) {
                p.assign(Nd4j.randn(p.dataType(), p.shape()).divi(Math.sqrt(p.length() / (double) p.size(0))));
            } else if (name.endsWith("_mean") || name.endsWith("_gamma") || name.endsWith("_beta")) {
                p.addi(Nd4j.randn(p.dataType(), p.shape()).muli(0.1));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("models")
    void convertedAndFusedANetworkOfTheZooAnswersAsBeforeAtTheCostOfTheFusedOriginal(ZooModel<?> model) {
        model.setInputShape(new int[][] {{3, SIZE, SIZE}});
        InputType input = InputType.convolutional(SIZE, SIZE, 3);
        Model given = model.init();
        settle(given);
        FusionResult fused = GraphFuser.fuse(acnet(given), input);
        INDArray batch = SmallNets.batchOf(input, DataType.FLOAT, 1);
        assertThat(largestDifference(fused.graph(), graph(given), batch)).isLessThan(ROUNDING);
        assertThat(fused.report().after())
                .isEqualTo(GraphFuser.fuse(graph(given), input).report().after());
    }

    /** Of any vertex that is in both networks: the output may be saturated. */
    private static double largestDifference(ComputationGraph actual, ComputationGraph expected, INDArray batch) {
        Map<String, INDArray> values = expected.feedForward(batch, false);
        return actual.feedForward(batch, false).entrySet().stream()
                .mapToDouble(e -> SmallNets.relativeDifference(e.getValue(), values.get(e.getKey())))
                .max()
                .orElseThrow();
    }
}
