package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.Sample;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class DataTypeTest {
    /**
     * Relative to the largest element: a unit of rounding (2^-24, 2^-11) for each of the 50 or so operations that one
     * number passes through, which is far more than their rounding errors add up to.
     */
    private static double tolerance(DataType type) {
        return 50 * (type == DataType.FLOAT ? Math.pow(2, -24) : Math.pow(2, -11));
    }

    static Stream<Arguments> samples() {
        return Stream.of(Sample.values())
                .flatMap(s -> Stream.of(DataType.FLOAT, DataType.FLOAT16).map(type -> Arguments.of(s, type)));
    }

    private final Map<String, INDArray> parameters = new TreeMap<>();

    /** The same network for every type: its parameters are numbers that FLOAT16 represents. */
    private ComputationGraph net(Sample sample, DataType type) {
        ComputationGraph net = sample.net(type, new Sgd(0.1));
        net.paramTable().forEach((name, p) -> {
            INDArray half = parameters.computeIfAbsent(name, n -> p.castTo(DataType.FLOAT16));
            p.assign(half.castTo(type));
        });
        return net;
    }

    private static DataSet batch(Sample sample, DataType type) {
        DataSet batch = sample.batch(DataType.DOUBLE, 4);
        return new DataSet(
                batch.getFeatures().castTo(DataType.FLOAT16).castTo(type),
                batch.getLabels().castTo(type));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void outputsAgreeWithDoubleWithinRounding(Sample sample, DataType type) {
        INDArray expected = net(sample, DataType.DOUBLE)
                .outputSingle(batch(sample, DataType.DOUBLE).getFeatures());
        INDArray actual = net(sample, type).outputSingle(batch(sample, type).getFeatures());
        assertThat(actual).isCloseTo(expected, tolerance(type));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void gradientsAgreeWithDoubleWithinRounding(Sample sample, DataType type) {
        Map<String, INDArray> expected = Gradients.of(net(sample, DataType.DOUBLE), batch(sample, DataType.DOUBLE));
        Map<String, INDArray> actual = Gradients.of(net(sample, type), batch(sample, type));
        assertClose(actual, expected, tolerance(type));
    }

    static Stream<Arguments> typesAndDefaults() {
        return Stream.of(DataType.FLOAT16, DataType.FLOAT, DataType.DOUBLE)
                .flatMap(type -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                        .flatMap(byDefault -> Stream.of(Sample.values()).map(s -> Arguments.of(s, type, byDefault))));
    }

    @ParameterizedTest
    @MethodSource("typesAndDefaults")
    void theNetworksTypeHoldsWhateverNd4jsDefaultType(Sample sample, DataType type, DataType byDefault) {
        Nd4j.setDefaultDataTypes(byDefault, byDefault);
        try {
            ComputationGraph net = sample.net(type, new Sgd(0.1));
            net.fit(sample.batch(type, 3));
            assertThat(net.feedForward(sample.batch(type, 3).getFeatures(), true))
                    .allSatisfy((name, activation) ->
                            assertThat(activation.dataType()).as(name).isEqualTo(type));
        } finally {
            Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
        }
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void anInputOfAnotherTypeIsConverted(Sample sample) {
        ComputationGraph net = net(sample, DataType.FLOAT);
        INDArray expected = net.outputSingle(batch(sample, DataType.FLOAT).getFeatures());
        assertThat(net.outputSingle(batch(sample, DataType.DOUBLE).getFeatures()))
                .isEqualTo(expected);
    }
}
