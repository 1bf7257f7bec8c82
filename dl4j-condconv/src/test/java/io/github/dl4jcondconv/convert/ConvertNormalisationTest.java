package io.github.dl4jcondconv.convert;

import static io.github.dl4jcondconv.convert.StockNetworks.ACB;
import static io.github.dl4jcondconv.convert.StockNetworks.conv;
import static io.github.dl4jcondconv.convert.StockNetworks.layer;
import static io.github.dl4jcondconv.convert.StockNetworks.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** What becomes of a BatchNormalization behind a convolution that an asymmetric block replaces. */
class ConvertNormalisationTest {
    private static ComputationGraphConfiguration normalised(ConvolutionLayer conv, BatchNormalization norm) {
        return network(b -> b.addLayer("conv", conv, "in")
                .addLayer("norm", norm, "conv")
                .addLayer("last", new ActivationLayer(Activation.RELU), "norm"));
    }

    @Test
    void anAsymmetricBlockTakesInTheNormalisationAndItsName() {
        ComputationGraphConfiguration network =
                normalised(conv(3, 3).build(), new BatchNormalization.Builder().build());
        assertThat(ACB.convert(network).report().replaced())
                .containsExactly(new Replacement("norm", List.of("conv", "norm"), "AsymmetricConvBlock", "fresh"));
    }

    static Stream<Arguments> normalisations() {
        BatchNormalization plain = new BatchNormalization.Builder().build();
        return Stream.of(
                Arguments.of(
                        normalised(conv(3, 3).activation(Activation.RELU).build(), plain),
                        "\"conv\" applies the activation relu first"),
                Arguments.of(
                        normalised(conv(3, 3).build(), new BatchNormalization.Builder(true).build()),
                        "it locks gamma and beta"),
                Arguments.of(
                        network(b -> b.addLayer("conv", conv(3, 3).build(), "in")
                                .addLayer("norm", plain, "conv")
                                .addVertex("last", new MergeVertex(), "norm", "conv")),
                        "\"conv\" is read by \"last\" too"));
    }

    @ParameterizedTest
    @MethodSource("normalisations")
    void aNormalisationThatCannotBeTakenInStaysBesideTheBlock(ComputationGraphConfiguration network, String reason) {
        ConversionReport report = ACB.convert(network).report();
        assertThat(report.replaced()).extracting(Replacement::from).containsExactly(List.of("conv"));
        assertThat(report.stayed()).isEqualTo(Map.of("norm", reason));
    }

    @Test
    void epsAndDecayOfTheNormalisationGoIntoTheBlock() {
        BatchNormalization norm =
                new BatchNormalization.Builder().eps(0.01).decay(0.7).build();
        AsymmetricConvBlock block = layer(
                AsymmetricConvBlock.class,
                ACB.convert(normalised(conv(3, 3).build(), norm)).network(),
                "norm");
        assertThat(List.of(block.getEps(), block.getDecay())).containsExactly(0.01, 0.7);
    }
}
