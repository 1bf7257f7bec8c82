package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {

    private final Pixels image = new Pixels(new float[] {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}, 2, 2, 3);

    @Test
    void flippingMirrorsEveryRowOfEveryChannel() {
        image.flipHorizontally();
        assertThat(image.values()).containsExactly(3, 2, 1, 6, 5, 4, 30, 20, 10, 60, 50, 40);
    }

    @Test
    void shiftingMovesEveryChannelAndFillsWithBlack() {
        image.shift(1, -1);
        assertThat(image.values()).containsExactly(0, 0, 0, 2, 3, 0, 0, 0, 0, 20, 30, 0);
    }

    @Test
    void shiftingBackLosesOnlyWhatLeft() {
        image.shift(-1, 1);
        image.shift(1, -1);
        assertThat(image.values()).containsExactly(0, 0, 0, 4, 5, 0, 0, 0, 0, 40, 50, 0);
    }

    @Test
    void shiftingFartherThanTheImageLeavesBlack() {
        image.shift(0, -4);
        assertThat(image.values()).containsOnly(0);
    }

    @Test
    void aRandomShiftOfOneReachesAllNinePlaces() {
        assertThat(results(Augmentation.randomShift(1))).hasSize(9);
    }

    @Test
    void aRandomFlipFlipsSomeImagesAndNotOthers() {
        assertThat(results(Augmentation.randomHorizontalFlip())).hasSize(2);
    }

    @Test
    void changesAreMadeOneAfterTheOther() {
        Augmentation flip = (pixels, random) -> pixels.flipHorizontally();
        Augmentation right = (pixels, random) -> pixels.shift(0, 1);
        flip.andThen(right).apply(image, new SplittableRandom(1));
        assertThat(image.values()).containsExactly(0, 3, 2, 0, 6, 5, 0, 30, 20, 0, 60, 50);
    }

    @Test
    void aShiftIsNotNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Augmentation.randomShift(-1))
                .withMessage("random shift must be 0 pixels or more, not -1");
    }

    /** With 200 draws each of nine equally likely results is missed with probability (8/9)^200 < 1e-10. */
    private Set<String> results(Augmentation augmentation) {
        SplittableRandom random = new SplittableRandom(1);
        Set<String> results = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Pixels copy = image.copy();
            augmentation.apply(copy, random);
            results.add(Arrays.toString(copy.values()));
        }
        return results;
    }
}
