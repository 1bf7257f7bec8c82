package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.Networks.CHANNELS;
import static io.github.dl4jcondconv.fusion.Networks.SIZE;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

class FusionReportTest {
    private static final InputType IMAGE = InputType.convolutional(SIZE, SIZE, CHANNELS);

    private final ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
            .addLayer("bn", batchNorm(), "conv")
            .addLayer("relu", new ActivationLayer(Activation.RELU), "bn")
            .addLayer("late", batchNorm(), "relu")
            .setOutputs("late"));
    private final FusionReport report = GraphFuser.fuse(graph, IMAGE).report();

    @Test
    void saysWhatAVertexWasMadeOf() {
        assertThat(report.actions())
                .containsExactly(new FusionAction(
                        "relu",
                        List.of("conv", "bn", "relu"),
                        List.of("fold into the layer before", "absorb activation"),
                        "ConvolutionLayer"));
    }

    @Test
    void saysWhyANormalisationStayed() {
        assertThat(report.stayed())
                .containsOnlyKeys("late")
                .containsEntry("late", "\"relu\" applies the activation relu first");
    }

    @Test
    void countsTheGivenNetwork() {
        long weights = 9 * CHANNELS * 4;
        assertThat(report.before())
                .isEqualTo(new NetworkSize(4, weights + 4 + 2 * 8, 2 * 8, OptionalLong.of(weights * SIZE * SIZE)));
    }

    @Test
    void countsTheFusedNetwork() {
        long weights = 9 * CHANNELS * 4;
        assertThat(report.after())
                .isEqualTo(new NetworkSize(2, weights + 4 + 8, 8, OptionalLong.of(weights * SIZE * SIZE)));
    }

    @Test
    void leavesMultiplyAddsOutWhereTheImageSizeIsNotKnown() {
        assertThat(GraphFuser.fuse(graph).report().before().multiplyAdds()).isEmpty();
    }

    @Test
    void printsItsThreeTables() {
        assertThat(report.toString())
                .contains("conv + bn + relu", "stayed", "\"relu\" applies the activation relu first", "8,748");
    }
}
