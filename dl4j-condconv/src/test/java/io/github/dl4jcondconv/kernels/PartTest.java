package io.github.dl4jcondconv.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartTest {
    private static final int ROW = 1000;

    /** A row of an example as one number. */
    private static Stream<Integer> rows(Part part) {
        return IntStream.range(part.example(), part.example() + part.examples())
                .boxed()
                .flatMap(n ->
                        IntStream.range(part.row(), part.row() + part.rows()).mapToObj(y -> n * 1000 + y));
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,13,2", "1,100,2", "2,23,4", "3,56,2", "8,56,2", "8,14,3", "9,24,16", "5,200,1"})
    void coversEveryRowOnce(int examples, int height, int threads) {
        List<Part> parts = Part.cut(examples, height, ROW, 30 * ROW, threads);
        List<Integer> all = IntStream.range(0, examples)
                .boxed()
                .flatMap(n -> IntStream.range(0, height).mapToObj(y -> n * 1000 + y))
                .toList();
        assertThat(parts.stream().flatMap(PartTest::rows)).containsExactlyElementsOf(all);
    }

    @Test
    void cutsOneImageForAllThreads() {
        assertThat(Part.cut(1, 96, ROW, 30 * ROW, 2)).hasSize(16);
    }

    @Test
    void cutsNoMoreThanMemoryAsksForWhereExamplesAreEnoughForAllThreads() {
        assertThat(Part.cut(8, 56, ROW, 35 * ROW, 2)).hasSize(16);
    }

    @Test
    void keepsSmallImagesTogether() {
        assertThat(Part.cut(8, 14, ROW, 30 * ROW, 2)).extracting(Part::examples).containsExactly(2, 2, 2, 2);
    }

    @Test
    void cutsRowsLargerThanMemoryIntoTheSmallestBands() {
        assertThat(Part.cut(1, 24, ROW, ROW / 2, 2)).extracting(Part::rows).containsExactly(6, 6, 6, 6);
    }
}
