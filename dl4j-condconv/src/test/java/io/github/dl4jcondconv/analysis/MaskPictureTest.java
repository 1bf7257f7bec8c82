package io.github.dl4jcondconv.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.Color;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MaskPictureTest {
    /** Grey from black to white, 4 rows of 6; the mask has blocks of 2x3 pixels and samples the first. */
    private final INDArray image = Nd4j.linspace(0, 1, 24).reshape(1, 4, 6);

    private final INDArray mask = Nd4j.createFromArray(new float[][][] {{{1, 0}, {0, 0}}});

    private static int brightness(BufferedImage picture, int x, int y) {
        Color color = new Color(picture.getRGB(x, y));
        return color.getRed() + color.getGreen() + color.getBlue();
    }

    @Test
    void everyPixelOfTheImageIsASquare() {
        BufferedImage picture = MaskPicture.of(image, mask, 5);
        assertThat(new int[] {picture.getWidth(), picture.getHeight()}).containsExactly(30, 20);
    }

    @Test
    void aSampledPositionCoversItsBlockOfPixels() {
        BufferedImage picture = MaskPicture.of(Nd4j.ones(1, 4, 6).muli(0.5), mask, 1);
        assertThat(brightness(picture, 2, 1)).isEqualTo(brightness(picture, 0, 0));
    }

    @Test
    void sampledPositionsAreBrighterThanOthers() {
        BufferedImage picture = MaskPicture.of(Nd4j.ones(1, 4, 6).muli(0.5), mask, 1);
        assertThat(brightness(picture, 0, 0)).isGreaterThan(brightness(picture, 3, 0));
    }

    @Test
    void lighterPixelsAreBrighterWhereNothingIsSampledToo() {
        BufferedImage picture = MaskPicture.of(image, mask, 1);
        assertThat(brightness(picture, 5, 3)).isGreaterThan(brightness(picture, 0, 3));
    }

    @Test
    void anImageOfTwoChannelsIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MaskPicture.of(Nd4j.zeros(2, 4, 6), mask, 1))
                .withMessage("image has shape [2, 4, 6], allowed: [1 or 3, H, W]");
    }

    @Test
    void aMaskOfSeveralExamplesIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MaskPicture.of(image, Nd4j.zeros(2, 1, 2, 2), 1))
                .withMessage("mask has shape [2, 1, 2, 2], allowed: [1, H', W']");
    }
}
