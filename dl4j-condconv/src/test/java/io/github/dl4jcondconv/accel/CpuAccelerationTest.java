package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.testing.Kernels;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Random networks, in one or two threads, against the stock network in DOUBLE: some of ND4J's own FLOAT operations are less exact. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class CpuAccelerationTest {
    /** Sums of up to 300 products in each of up to fifteen layers: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    /** How much larger than the rounding of the stock network in FLOAT ours may be where the network itself enlarges it. */
    private static final double AS_GOOD = 30;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("acceleration.networks", 40));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void outputsAreThoseOfTheStockNetwork(long seed) {
        assertAsExactAsStock(seed, (graph, batch) -> graph.output(batch.getFeatures())[0]);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsAreThoseOfTheStockNetwork(long seed) {
        assertAsExactAsStock(seed, (graph, batch) -> {
            graph.setInputs(batch.getFeatures());
            graph.setLabels(batch.getLabels());
            graph.computeGradientAndScore();
            return graph.gradient().gradient();
        });
    }

    private static void assertAsExactAsStock(long seed, BiFunction<ComputationGraph, DataSet, INDArray> result) {
        RandomNetwork network = new RandomNetwork(seed);
        DataSet batch = network.batch();
        ComputationGraph stock = network.stock();
        INDArray exact = result.apply(stock.convertDataType(DataType.DOUBLE), inDouble(batch));
        double rounding = relative(result.apply(stock, batch).castTo(DataType.DOUBLE), exact);
        CpuAcceleration.accelerate(stock);
        INDArray actual = Kernels.inThreads(1 + (int) (seed % 2), () -> result.apply(stock, batch));
        assertThat(actual.castTo(DataType.DOUBLE)).isCloseTo(exact, ROUNDING + AS_GOOD * rounding);
    }

    private static DataSet inDouble(DataSet batch) {
        return new DataSet(
                batch.getFeatures().castTo(DataType.DOUBLE), batch.getLabels().castTo(DataType.DOUBLE));
    }

    private static double relative(INDArray actual, INDArray expected) {
        return actual.sub(expected).amaxNumber().doubleValue()
                / expected.amaxNumber().doubleValue();
    }
}
