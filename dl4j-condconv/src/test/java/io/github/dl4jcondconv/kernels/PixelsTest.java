package io.github.dl4jcondconv.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PixelsTest {
    private static final int EXAMPLES = 4;
    private static final int CHANNELS = 3;
    private static final int HEIGHT = 4;
    private static final int WIDTH = 2;

    /** Rows of one image, and whole images. */
    static List<Part> everyPart() {
        List<Part> parts = new ArrayList<>();
        for (int n = 0; n < EXAMPLES; n++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int rows = 1; rows <= HEIGHT - y; rows++) {
                    parts.add(new Part(n, 1, y, rows));
                }
            }
            for (int examples = 2; examples <= EXAMPLES - n; examples++) {
                parts.add(new Part(n, examples, 0, HEIGHT));
            }
        }
        return parts;
    }

    @ParameterizedTest
    @MethodSource("everyPart")
    void readsTheChannelsOfEachPixelOfAPart(Part part) {
        assertRead(part, Nd4j.rand(DataType.FLOAT, EXAMPLES, CHANNELS, HEIGHT, WIDTH));
    }

    /** Of whole images of such arrays INDArray.get makes arrays without memory. */
    @ParameterizedTest
    @MethodSource("everyPart")
    void readsArraysWithGaps(Part part) {
        INDArray all = Nd4j.rand(DataType.FLOAT, EXAMPLES, CHANNELS, HEIGHT, WIDTH, 2);
        assertRead(part, all.tensorAlongDimension(1, 0, 1, 2, 3));
    }

    private static void assertRead(Part part, INDArray images) {
        Rows rows = Rows.of(Rows.Use.IMAGE, (long) CHANNELS * part.examples() * part.rows() * WIDTH);
        Pixels.of(images).read(part, rows, Pixels.Place.dense(part, images.shape()));
        int i = 0;
        for (int n = part.example(); n < part.example() + part.examples(); n++) {
            for (int y = part.row(); y < part.row() + part.rows(); y++) {
                for (int x = 0; x < WIDTH; x++) {
                    for (int c = 0; c < CHANNELS; c++) {
                        assertThat(rows.numbers().get(i++)).isEqualTo(images.getFloat(n, c, y, x));
                    }
                }
            }
        }
    }
}
