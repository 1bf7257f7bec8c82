package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PixelScalingTest {

    private final Pixels image = new Pixels(new float[] {0, 255, 51, 102}, 2, 1, 2);

    @Test
    void toUnitMapsBlackToZeroAndWhiteToOne() {
        PixelScaling.toUnit().scale(image);
        assertThat(image.values()).containsExactly(0, 1, 51 / 255f, 102 / 255f);
    }

    @Test
    void standardisingUsesTheStatisticsOfEachChannel() {
        PixelScaling.standardise(new double[] {0.5, 0}, new double[] {0.25, 2}).scale(image);
        assertThat(image.values()).containsExactly(-2, 2, 51 / 255f / 2, 102 / 255f / 2);
    }

    @Test
    void oneStatisticServesAllChannels() {
        PixelScaling.standardise(new double[] {1}, new double[] {1}).scale(image);
        assertThat(image.values()).containsExactly(-1, 0, 51 / 255f - 1, 102 / 255f - 1);
    }

    @Test
    void meansAndDeviationsComeInPairs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PixelScaling.standardise(new double[] {0, 0, 0}, new double[] {1}))
                .withMessage("as many means as standard deviations are needed, not 3 and 1");
    }

    @Test
    void deviationsAreMoreThanZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PixelScaling.standardise(new double[] {0}, new double[] {0}))
                .withMessage("standard deviations must be more than 0, not [0.0]");
    }
}
