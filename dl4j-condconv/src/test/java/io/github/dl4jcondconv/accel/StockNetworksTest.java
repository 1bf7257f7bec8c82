package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Networks in the ways of well-known ones, against themselves without acceleration. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class StockNetworksTest {
    /** Some tens of roundings of 6e-8 in each of up to fifteen layers, which normalisation of few numbers may enlarge. */
    private static final double ROUNDING = 1e-4;

    @TempDir
    Path directory;

    static Stream<Arguments> networks() {
        return Stream.of(StockNetwork.values())
                .flatMap(network -> Stream.of(CNN2DFormat.values()).map(format -> Arguments.of(network, format)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void threeStepsOfTrainingLeadWhereTheyLedBefore(StockNetwork network, CNN2DFormat format) {
        assertThat(trained(accelerated(network, format), format).params())
                .isCloseTo(trained(plain(network, format), format).params(), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theNetworkAnswersAsBefore(StockNetwork network, CNN2DFormat format) {
        INDArray images = StockNetwork.batch(format).getFeatures();
        assertThat(accelerated(network, format).outputSingle(images))
                .isCloseTo(network.stock(format).outputSingle(images), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aNetworkThatOnlyPredictsAnswersAsBefore(StockNetwork network, CNN2DFormat format) {
        INDArray images = StockNetwork.batch(format).getFeatures();
        assertThat(predicting(network, format).outputSingle(images))
                .isCloseTo(network.stock(format).outputSingle(images), ROUNDING);
    }

    @ParameterizedTest
    @EnumSource(StockNetwork.class)
    void aSavedNetworkIsReadAsAStockNetworkThatAnswersTheSame(StockNetwork network) throws IOException {
        ComputationGraph graph = trained(accelerated(network, CNN2DFormat.NCHW), CNN2DFormat.NCHW);
        Path file = directory.resolve("model.zip");
        ModelSerializer.writeModel(graph, file.toFile(), true);
        INDArray images = StockNetwork.batch(CNN2DFormat.NCHW).getFeatures();
        assertThat(ModelSerializer.restoreComputationGraph(file.toFile(), true).outputSingle(images))
                .isCloseTo(graph.outputSingle(images), ROUNDING);
    }

    @ParameterizedTest
    @EnumSource(StockNetwork.class)
    void onlyDropoutRunsAsBefore(StockNetwork network) {
        assertThat(CpuAcceleration.accelerate(network.stock(CNN2DFormat.NCHW))
                        .left()
                        .values())
                .allMatch("dropout"::equals);
    }

    @Test
    void channelsAreMergedByOneDnn() {
        assertThat(accelerated(StockNetwork.INCEPTION, CNN2DFormat.NCHW).getVertices())
                .filteredOn(OneDnnMerge.class::isInstance)
                .hasSize(2);
    }

    @Test
    void frozenLayersStayFrozenInTheSummary() {
        assertThat(accelerated(StockNetwork.TRANSFER, CNN2DFormat.NCHW).summary())
                .contains("Frozen OneDnnConvolution");
    }

    /** In stock DL4J, frozen normalisation that gradients go through fails in workspaces. */
    private static ComputationGraph plain(StockNetwork network, CNN2DFormat format) {
        return network.stock(format, WorkspaceMode.NONE);
    }

    private static ComputationGraph trained(ComputationGraph graph, CNN2DFormat format) {
        DataSet batch = StockNetwork.batch(format);
        Nd4j.getRandom().setSeed(5);
        for (int i = 0; i < 3; i++) {
            graph.fit(batch);
        }
        return graph;
    }

    private static ComputationGraph accelerated(StockNetwork network, CNN2DFormat format) {
        ComputationGraph graph = network.stock(format);
        CpuAcceleration.accelerate(graph);
        return graph;
    }

    private static ComputationGraph predicting(StockNetwork network, CNN2DFormat format) {
        ComputationGraph graph = network.stock(format);
        CpuAcceleration.accelerateForInference(graph);
        return graph;
    }
}
