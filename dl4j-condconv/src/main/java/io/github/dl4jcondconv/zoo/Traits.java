package io.github.dl4jcondconv.zoo;

import java.util.Set;
import lombok.With;

/**
 * What a network of the zoo is by itself, before any option.
 *
 * @param name as on the command line
 * @param kinds what its convolutions can be made of
 * @param side height and width of its images unless told otherwise
 * @param classes their number unless told otherwise
 * @param smallestSide least height and width of its images; on smaller ones a window of stride 2 would see but one pixel
 * @param widths the width multipliers that it has
 */
@With
record Traits(String name, Set<BlockKind> kinds, int side, int classes, int smallestSide, Widths widths) {
    /** A network for ImageNet that makes images 32 times smaller and has one width. */
    static Traits imageNet(String name, BlockKind... kinds) {
        return new Traits(name, Set.of(kinds), 224, 1000, reducing(32), Widths.ONE);
    }

    /** A network for CIFAR-10 that makes images {@code reduction} times smaller and has one width. */
    static Traits cifar10(String name, int reduction, BlockKind... kinds) {
        return new Traits(name, Set.of(kinds), 32, 10, reducing(reduction), Widths.ONE);
    }

    /** The least side that leaves two pixels for the last of the strides, all 2, that reduce it. */
    private static int reducing(int reduction) {
        return reduction / 2 + 1;
    }
}
