package io.github.dl4jcondconv.onednn;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Pieces of one array to be copied to places in another; a {@link Recording} repeats the copies like kernels. */
public final class Pieces {
    private final List<Piece> all = new ArrayList<>();

    /** In elements of the arrays' memory. */
    private record Piece(long from, long to, long length) {
        boolean isBefore(long nextFrom, long nextTo) {
            return from + length == nextFrom && to + length == nextTo;
        }

        void check(Memory source, Memory target) {
            if (from < 0 || from + length > source.layout().extent()) {
                throw new IllegalArgumentException(
                        "elements " + from + " to " + (from + length) + " are not all in " + source.layout());
            }
            if (to < 0 || to + length > target.layout().extent()) {
                throw new IllegalArgumentException(
                        "elements " + to + " to " + (to + length) + " are not all in " + target.layout());
            }
        }
    }

    /** Adds a piece, to the one before where it continues that. */
    public void add(long from, long to, long length) {
        int last = all.size() - 1;
        if (last >= 0 && all.get(last).isBefore(from, to)) {
            Piece before = all.get(last);
            all.set(last, new Piece(before.from, before.to, before.length + length));
        } else {
            all.add(new Piece(from, to, length));
        }
    }

    /**
     * Copies them.
     *
     * @throws IllegalArgumentException if an array does not have all elements of a piece
     */
    public void copy(Memory source, Memory target) {
        all.forEach(piece -> piece.check(source, target));
        Recording.catchUp();
        Runnable copies = copies(source, target);
        copies.run();
        Recording.note(copies, source, target);
    }

    private Runnable copies(Memory source, Memory target) {
        Pointer[] from = all.stream().map(piece -> address(source, piece.from)).toArray(Pointer[]::new);
        Pointer[] to = all.stream().map(piece -> address(target, piece.to)).toArray(Pointer[]::new);
        long[] bytes =
                all.stream().mapToLong(piece -> piece.length * Float.BYTES).toArray();
        return () -> {
            for (int i = 0; i < bytes.length; i++) {
                Pointer.memcpy(to[i], from[i], bytes[i]);
            }
            Reference.reachabilityFence(source);
            Reference.reachabilityFence(target);
        };
    }

    private static Pointer address(Memory memory, long element) {
        return new BytePointer(memory.address()).position(element * Float.BYTES);
    }
}
