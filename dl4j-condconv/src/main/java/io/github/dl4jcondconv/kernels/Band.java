package io.github.dl4jcondconv.kernels;

import java.util.List;
import java.util.stream.IntStream;

/** Some neighbouring rows of images. */
record Band(int from, int rows) {

    /** Cuts images into bands of at most so many rows. */
    static List<Band> cut(int height, int rows) {
        int count = (height + rows - 1) / rows;
        int most = (height + count - 1) / count;
        return IntStream.iterate(0, from -> from < height, from -> from + most)
                .mapToObj(from -> new Band(from, Math.min(most, height - from)))
                .toList();
    }
}
