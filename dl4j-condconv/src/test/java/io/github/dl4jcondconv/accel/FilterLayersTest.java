package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Layers with filters and random options, each by itself, against DL4J's in DOUBLE. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class FilterLayersTest {
    /** Sums of up to some hundred products: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    static Stream<Arguments> layers() {
        long seeds = Long.getLong("acceleration.layers", 40);
        return Arrays.stream(RandomFilterLayer.Kind.values())
                .flatMap(kind -> LongStream.range(0, seeds).mapToObj(seed -> Arguments.of(kind, seed)));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void outputsAndGradientsAreThoseOfTheStockLayer(RandomFilterLayer.Kind kind, long seed) {
        RandomFilterLayer layer = new RandomFilterLayer(kind, seed);
        assertClose(
                layer.passes(accelerated(layer), true),
                layer.passes(layer.stock().convertDataType(DataType.DOUBLE), true),
                ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aBackwardPassAfterInferenceIsThatOfTheStockLayer(RandomFilterLayer.Kind kind, long seed) {
        RandomFilterLayer layer = new RandomFilterLayer(kind, seed);
        assertClose(
                layer.passes(accelerated(layer), false),
                layer.passes(layer.stock().convertDataType(DataType.DOUBLE), false),
                ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void fixedFiltersChangeNoAnswer(RandomFilterLayer.Kind kind, long seed) {
        RandomFilterLayer layer = new RandomFilterLayer(kind, seed);
        MultiLayerNetwork predicting = layer.stock();
        CpuAcceleration.accelerateForInference(predicting);
        predicting.output(layer.images());
        assertThat(predicting.output(layer.images()))
                .isCloseTo(accelerated(layer).output(layer.images()), ROUNDING);
    }

    private static MultiLayerNetwork accelerated(RandomFilterLayer layer) {
        MultiLayerNetwork network = layer.stock();
        assertThat(CpuAcceleration.accelerate(network).accelerated()).hasSize(1);
        return network;
    }
}
