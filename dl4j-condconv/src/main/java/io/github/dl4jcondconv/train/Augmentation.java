package io.github.dl4jcondconv.train;

import java.util.random.RandomGenerator;

/**
 * A random change to one training image, made on its pixels.
 *
 * <p>These stand beside DataVec's {@code ImageTransform}s because the constructors of those reset ND4J's global random
 * seed. Here all randomness comes from the given generator, so that a run repeats.
 */
@FunctionalInterface
public interface Augmentation {

    /** Leaves images as they are. */
    Augmentation NONE = (image, random) -> {};

    /** Changes the image in place. */
    void apply(Pixels image, RandomGenerator random);

    /** This change, then another. */
    default Augmentation andThen(Augmentation next) {
        return (image, random) -> {
            apply(image, random);
            next.apply(image, random);
        };
    }

    /** Mirrors left and right for one image in two. */
    static Augmentation randomHorizontalFlip() {
        return (image, random) -> {
            if (random.nextBoolean()) {
                image.flipHorizontally();
            }
        };
    }

    /**
     * Moves the image by -most to most pixels down and to the right, each drawn uniformly; what comes in is black.
     *
     * @param most 0 or more
     */
    static Augmentation randomShift(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("random shift must be 0 pixels or more, not " + most);
        }
        return (image, random) -> image.shift(random.nextInt(-most, most + 1), random.nextInt(-most, most + 1));
    }
}
