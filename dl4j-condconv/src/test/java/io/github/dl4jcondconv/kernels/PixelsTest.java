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
    private static final int EXAMPLES = 2;
    private static final int HEIGHT = 4;

    static List<Part> everyPart() {
        List<Part> parts = new ArrayList<>();
        for (int n = 0; n < EXAMPLES; n++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int rows = 1; rows <= HEIGHT - y; rows++) {
                    parts.add(new Part(n, 1, y, rows));
                }
            }
        }
        return parts;
    }

    @ParameterizedTest
    @MethodSource("everyPart")
    void readsTheChannelsOfEachPixelOfAPart(Part part) {
        INDArray images = Nd4j.rand(DataType.FLOAT, EXAMPLES, 3, HEIGHT, 1);
        Rows rows = Rows.of(Rows.Use.IMAGE, 3L * part.rows());
        Pixels.of(images).read(part, rows, Pixels.Place.dense(part, images.shape()));
        for (int y = 0; y < part.rows(); y++) {
            for (int c = 0; c < 3; c++) {
                assertThat(rows.numbers().get(3 * y + c))
                        .isEqualTo(images.getFloat(part.example(), c, part.row() + y, 0));
            }
        }
    }
}
