package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * Memory for some neighbouring channels of blocked images: scratch that is filled from the images or stored to them, or
 * the images' own where these are all their channels.
 */
final class ChannelTile {
    private final Memory images;
    private final Memory tile;
    private final boolean whole;
    private final long plane;
    private final Layout rows;
    private final Memory scratchRows;

    ChannelTile(Memory images, long channels, Scratch scratch) {
        this.images = images;
        long[] d = images.layout().dims();
        whole = channels == d[1];
        tile = whole ? images : scratch.of("images", Layout.blocked(d[0], channels, d[2], d[3]));
        plane = d[2] * d[3];
        // In memory an example's whole blocks of channels are neighbours
        long length = BatchAsChannels.filledUp(channels) * plane;
        rows = Layout.strided(new long[] {d[0], length}, new long[] {BatchAsChannels.filledUp(d[1]) * plane, 1});
        scratchRows = tile.as(Layout.dense(d[0], length));
    }

    /**
     * Calls steps with the first channel of every tile of {@code tile} channels and of what is left; a step is made for a
     * number of channels and serves all such tiles.
     */
    static void each(long all, long tile, LongFunction<LongConsumer> maker) {
        LongConsumer whole = maker.apply(tile);
        long from = 0;
        for (; from + tile <= all; from += tile) {
            whole.accept(from);
        }
        if (from < all) {
            maker.apply(all - from).accept(from);
        }
    }

    /** (N, channels, H, W), blocked. */
    Memory memory() {
        return tile;
    }

    /** Fills this with channels from {@code first} on, the first of a block. */
    void load(long first) {
        if (!whole) {
            Reorder.copy(images.from(first * plane, rows), scratchRows);
        }
    }

    /** Stores this to channels from {@code first} on, the first of a block. */
    void store(long first) {
        if (!whole) {
            Reorder.copy(scratchRows, images.from(first * plane, rows));
        }
    }
}
