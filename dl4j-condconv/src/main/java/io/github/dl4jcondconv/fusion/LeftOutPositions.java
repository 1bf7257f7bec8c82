package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;

/**
 * Who sees the positions that a mask leaves out. Not an Interpolation with the same mask, which weighs them by 0, nor a 1x1
 * convolution with the same mask, which leaves them out again; layers in between that treat positions one by one, such as
 * activations, pass them on.
 */
final class LeftOutPositions {
    private LeftOutPositions() {}

    /** The vertex that a masked convolution reads as its mask. */
    static String mask(NetworkDraft draft, String masked) {
        return draft.inputs(masked).get(1);
    }

    /** A vertex to which it matters what stands at the left out positions of {@code vertex}; empty if there is none. */
    static Optional<String> seenBy(NetworkDraft draft, String vertex, String mask) {
        if (draft.isNetworkOutput(vertex)) {
            return Optional.of(vertex);
        }
        return draft.consumers(vertex).stream()
                .map(reader -> whereRead(draft, vertex, reader, mask))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> whereRead(NetworkDraft draft, String vertex, String reader, String mask) {
        if (ignoresThem(draft, vertex, reader, mask)) {
            return Optional.empty();
        }
        return passesThemOn(draft, reader) ? seenBy(draft, reader, mask) : Optional.of(reader);
    }

    private static boolean ignoresThem(NetworkDraft draft, String vertex, String reader, String mask) {
        return draft.inputs(reader).equals(List.of(vertex, mask))
                && (draft.isA(Interpolation.class, reader)
                        || draft.isA(MaskedConv2D.class, reader)
                                && Geometry.of((MaskedConv2D) draft.layer(reader))
                                        .isPointwise());
    }

    private static boolean passesThemOn(NetworkDraft draft, String reader) {
        return draft.preProcessor(reader) == null
                && (Affine.is(draft, reader)
                        || draft.isA(ActivationLayer.class, reader)
                        || draft.isA(DropoutLayer.class, reader));
    }
}
