package io.github.dl4jcondconv.kernels;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The kernels of some neighbouring examples for some neighbouring output channels.
 *
 * @param example the first
 * @param output the first
 */
record Tile(int example, int examples, int output, int outputs) {

    /** Cuts examples, with all their outputs, into as few equal tiles as possible of at most so many. */
    static List<Tile> byExample(int examples, int most, int outputs) {
        int some = equal(examples, most);
        return IntStream.iterate(0, n -> n < examples, n -> n + some)
                .mapToObj(n -> new Tile(n, Math.min(some, examples - n), 0, outputs))
                .toList();
    }

    /** Cuts this one into as few equal tiles as possible of at most so many outputs. */
    List<Tile> byOutput(int most) {
        int some = equal(outputs, most);
        return IntStream.iterate(0, o -> o < outputs, o -> o + some)
                .mapToObj(o -> new Tile(example, examples, output + o, Math.min(some, outputs - o)))
                .toList();
    }

    private static int equal(int all, int most) {
        int parts = (all + most - 1) / most;
        return (all + parts - 1) / parts;
    }

    /** Memory of the calling thread for the kernels, each [outputs, length], of any content. */
    Matrix memory(int length) {
        long numbers = (long) outputs * length;
        return Matrix.of(Rows.of(Rows.Use.KERNELS, examples * numbers).array(), 0, examples, numbers);
    }

    /**
     * What such memory has for one of the examples, as rows.
     *
     * @param example counted from the first one of the tile
     */
    Matrix kernel(Matrix kernels, int example, int rows, int length) {
        return Matrix.of(kernels.array(), kernels.first() + (long) example * kernels.columns(), rows, length);
    }
}
