package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Graphs that nobody wrote, drawn from a printed seed; {@code -Drandom.graphs} draws more of them, {@code -Drandom.seed}
 * one of them again.
 */
class RandomGraphExportTest {

    static LongStream seeds() {
        Long seed = Long.getLong("random.seed");
        if (seed != null) {
            return LongStream.of(seed);
        }
        return new Random(20261122).longs(Integer.getInteger("random.graphs", 16), 0, 1_000_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agrees(long seed) throws Exception {
        RandomGraph graph = new RandomGraph(seed);
        assertExports(graph.grow(), graph.shape());
    }
}
