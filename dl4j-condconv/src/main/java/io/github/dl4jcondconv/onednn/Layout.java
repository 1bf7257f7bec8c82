package io.github.dl4jcondconv.onednn;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.dnnl.dnnl_blocking_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A shape and where its FLOAT elements lie in memory; oneDNN's memory descriptor as an immutable value. Dimensions are
 * in oneDNN's order, whatever the order in memory: (examples, channels, height, width) of images, (nOut, nIn, kernel
 * height, kernel width) of weights, with the groups before them where there are any.
 */
public final class Layout {
    /** More than a few networks have, so that those that come and go do not fill the memory. */
    private static final int MOST = 4096;

    private static final Map<Recipe, Layout> KNOWN = new ConcurrentHashMap<>();

    private final dnnl_memory_desc_t description;
    private final byte[] image;
    private final int hash;
    private final long[] dims;
    private final boolean any;
    private final long elements;
    private final long extent;

    private Layout(dnnl_memory_desc_t description) {
        this.description = description;
        this.image = image(comparable(description));
        this.hash = Arrays.hashCode(image);
        this.dims = new long[description.ndims()];
        description.dims().get(dims);
        this.any = description.format_kind() == dnnl.dnnl_format_kind_any;
        this.elements = any ? 0 : (dnnl.dnnl_memory_desc_get_size(description) + Float.BYTES - 1) / Float.BYTES;
        this.extent = extent(description, elements);
    }

    /** What a layout was asked for with: making one takes longer than small kernels do. */
    private record Recipe(int tag, long[] dims, long[] strides) {
        /** In place of a tag: strides. */
        static final int STRIDED = -1;

        Layout layout() {
            if (KNOWN.size() > MOST) {
                KNOWN.clear();
            }
            return KNOWN.computeIfAbsent(
                    this, recipe -> tag == STRIDED ? newStrided(dims, strides) : newTagged(tag, dims));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Recipe recipe
                    && tag == recipe.tag
                    && Arrays.equals(dims, recipe.dims)
                    && Arrays.equals(strides, recipe.strides);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * tag + Arrays.hashCode(dims)) + Arrays.hashCode(strides);
        }
    }

    private static byte[] image(dnnl_memory_desc_t description) {
        byte[] image = new byte[description.sizeof()];
        new BytePointer(description).get(image);
        return image;
    }

    private static dnnl_memory_desc_t copy(dnnl_memory_desc_t description) {
        dnnl_memory_desc_t copy = new dnnl_memory_desc_t();
        new BytePointer(copy).put(image(description));
        return copy;
    }

    /** Without what says nothing: strides of dimensions of size 1, which oneDNN itself does not keep. */
    private static dnnl_memory_desc_t comparable(dnnl_memory_desc_t description) {
        dnnl_memory_desc_t comparable = copy(description);
        if (description.format_kind() == dnnl.dnnl_blocked) {
            for (int i = 0; i < description.ndims(); i++) {
                if (description.padded_dims().get(i) == 1) {
                    comparable.format_desc_blocking().strides().put(i, 0);
                }
            }
        }
        return comparable;
    }

    /** Copies oneDNN's own. */
    static Layout copyOf(dnnl_memory_desc_t description) {
        return new Layout(copy(description));
    }

    /** Left to the kernel that is compiled with it. */
    public static Layout any(long... dims) {
        return tagged(dnnl.dnnl_format_tag_any, dims);
    }

    /** Without gaps, the last dimension varying fastest. */
    public static Layout dense(long... dims) {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return strided(dims, strides);
    }

    /** Images or weights as an array has them: its shape and its strides. */
    public static Layout of(INDArray array) {
        return strided(array.shape(), array.stride());
    }

    /** Element (i, j, ...) lies i * strides[0] + j * strides[1] + ... elements after the first. */
    public static Layout strided(long[] dims, long[] strides) {
        return new Recipe(Recipe.STRIDED, dims.clone(), strides.clone()).layout();
    }

    private static Layout newStrided(long[] dims, long[] strides) {
        dnnl_memory_desc_t description = new dnnl_memory_desc_t();
        OneDnn.check(
                dnnl.dnnl_memory_desc_init_by_strides(
                        description, dims.length, dims, dnnl.dnnl_f32, withIdleStrides(dims, strides)),
                "describe " + Arrays.toString(dims) + " with strides " + Arrays.toString(strides));
        return new Layout(description);
    }

    /**
     * Strides in which dimensions of size 1, whose strides ND4J leaves to chance, have those of arrays in C order: others may
     * look like overlaps, and with larger ones oneDNN's binary operations do nothing at all.
     */
    private static long[] withIdleStrides(long[] dims, long[] strides) {
        long[] result = strides.clone();
        long next = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            result[i] = dims[i] == 1 ? next : strides[i];
            next = dims[i] * result[i];
        }
        return result;
    }

    /**
     * (N, C, H, W) with {@link OneDnn#channelBlock()} neighbouring channels of a pixel side by side, the last block filled
     * up: oneDNN's nChw16c or nChw8c. Where CPUs want no blocks, {@link #dense}.
     */
    public static Layout blocked(long... dims) {
        return switch (OneDnn.channelBlock()) {
            case 16 -> tagged(dnnl.dnnl_nChw16c, dims);
            case 8 -> tagged(dnnl.dnnl_nChw8c, dims);
            default -> dense(dims);
        };
    }

    /** (N, C, H, W) with all channels of a pixel side by side. */
    public static Layout pixels(long... dims) {
        return tagged(dnnl.dnnl_nhwc, dims);
    }

    private static Layout tagged(int tag, long[] dims) {
        return new Recipe(tag, dims.clone(), new long[0]).layout();
    }

    private static Layout newTagged(int tag, long[] dims) {
        dnnl_memory_desc_t description = new dnnl_memory_desc_t();
        OneDnn.check(
                dnnl.dnnl_memory_desc_init_by_tag(description, dims.length, dims, dnnl.dnnl_f32, tag),
                "describe " + Arrays.toString(dims));
        return new Layout(description);
    }

    /** The same for another number of the outermost dimension, such as the groups of weights. */
    public Layout withFirst(long count) {
        dnnl_memory_desc_t copy = copy(description);
        copy.dims().put(0, count);
        copy.padded_dims().put(0, count);
        return new Layout(copy);
    }

    /** As many of these as {@code count} one after another, counted by a new first dimension. */
    public Layout stacked(long count) {
        int dimensions = description.ndims();
        dnnl_memory_desc_t stack = copy(description);
        stack.ndims(dimensions + 1);
        dnnl_blocking_desc_t from = description.format_desc_blocking();
        dnnl_blocking_desc_t to = stack.format_desc_blocking();
        for (int i = 0; i < dimensions; i++) {
            stack.dims().put(i + 1, description.dims().get(i));
            stack.padded_dims().put(i + 1, description.padded_dims().get(i));
            stack.padded_offsets().put(i + 1, description.padded_offsets().get(i));
            to.strides().put(i + 1, from.strides().get(i));
        }
        for (int i = 0; i < from.inner_nblks(); i++) {
            to.inner_idxs().put(i, from.inner_idxs().get(i) + 1);
        }
        stack.dims().put(0, count);
        stack.padded_dims().put(0, count);
        stack.padded_offsets().put(0, 0);
        to.strides().put(0, elements());
        return new Layout(stack);
    }

    /**
     * The same memory for smaller dimensions. What is beyond them counts as filling: kernels write zeros to what fills
     * blocks up, and do not touch the rest.
     *
     * @param dims at most this layout's
     */
    public Layout filledUpFrom(long... dims) {
        dnnl_memory_desc_t copy = copy(description);
        copy.dims().put(dims);
        if (copy.format_desc_blocking().inner_nblks() == 0) {
            copy.padded_dims().put(dims);
        }
        return new Layout(copy);
    }

    /**
     * Where a box of elements lies in this memory.
     *
     * @param from its first element; of dimensions in blocks the first of a block
     * @param dims its size; of dimensions in blocks whole blocks or all there is
     */
    Layout part(long[] from, long[] dims) {
        dnnl_memory_desc_t part = new dnnl_memory_desc_t();
        OneDnn.check(
                dnnl.dnnl_memory_desc_init_submemory(part, description, dims, from),
                "take " + Arrays.toString(dims) + " from " + Arrays.toString(from) + " on of " + this);
        return new Layout(part);
    }

    /**
     * Fewer images (N, C, H, W) of the same strides, or less of them.
     *
     * @param channels whole blocks, or all that there are from some block on
     */
    public Layout cropped(long examples, long channels, long rows) {
        dnnl_memory_desc_t copy = copy(description);
        long block = channelsSideBySide();
        copy.dims().put(0, examples).put(1, channels).put(2, rows);
        copy.padded_dims()
                .put(0, examples)
                .put(1, (channels + block - 1) / block * block)
                .put(2, rows);
        return new Layout(copy);
    }

    /**
     * Elements before a row of a channel of images (N, C, H, W).
     *
     * @param channel the first of a block
     * @throws IllegalArgumentException if there is no such row
     */
    public long start(long example, long channel, long row) {
        if (example < 0 || example >= dims[0] || channel < 0 || channel >= dims[1] || row < 0 || row >= dims[2]) {
            throw new IllegalArgumentException("oneDNN: images " + this + " have no row " + row + " of channel "
                    + channel + " of example " + example);
        }
        dnnl_blocking_desc_t blocking = description.format_desc_blocking();
        return example * blocking.strides().get(0)
                + channel / channelsSideBySide() * blocking.strides().get(1)
                + row * blocking.strides().get(2);
    }

    private long channelsSideBySide() {
        dnnl_blocking_desc_t blocking = description.format_desc_blocking();
        long block = 1;
        for (int i = 0; i < blocking.inner_nblks(); i++) {
            block *= blocking.inner_idxs().get(i) == 1 ? blocking.inner_blks().get(i) : 1;
        }
        return block;
    }

    /** The shape. */
    public long[] dims() {
        return dims.clone();
    }

    /** Elements that the memory must hold, counting padding and gaps; 0 of {@link #any}. */
    public long elements() {
        return elements;
    }

    /** Elements from the first to the last one, without a gap after it: what a view of a larger array has room for. */
    long extent() {
        return extent;
    }

    private static long extent(dnnl_memory_desc_t description, long elements) {
        dnnl_blocking_desc_t blocking = description.format_desc_blocking();
        boolean floats = description.data_type() == dnnl.dnnl_f32;
        if (!floats || description.format_kind() != dnnl.dnnl_blocked) {
            return elements;
        }
        long[] blocks = new long[description.ndims()];
        Arrays.fill(blocks, 1);
        long block = 1;
        for (int i = 0; i < blocking.inner_nblks(); i++) {
            blocks[(int) blocking.inner_idxs().get(i)] *= blocking.inner_blks().get(i);
            block *= blocking.inner_blks().get(i);
        }
        long last = description.offset0() + block - 1;
        for (int i = 0; i < description.ndims(); i++) {
            last += (description.padded_dims().get(i) / blocks[i] - 1)
                    * blocking.strides().get(i);
        }
        return last + 1;
    }

    /** Whether it is left to a kernel. */
    public boolean isAny() {
        return any;
    }

    dnnl_memory_desc_t description() {
        return description;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof Layout layout && hash == layout.hash && Arrays.equals(image, layout.image);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        if (isAny()) {
            return Arrays.toString(dims()) + " in any layout";
        }
        long[] strides = new long[description.ndims()];
        description.format_desc_blocking().strides().get(strides);
        return Arrays.toString(dims()) + " with strides " + Arrays.toString(strides);
    }
}
