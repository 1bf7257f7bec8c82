package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;

import io.github.dl4jcondconv.onednn.Binary;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Pooling;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One number for each channel of each of N images, [N, C]; images are blocked, or channel by channel without gaps. */
public final class ChannelValues {
    private ChannelValues() {}

    /** Means over the pixels. */
    public static INDArray means(Memory images) {
        long[] d = images.layout().dims();
        Layout channels = Layout.blocked(d[0], d[1], 1, 1);
        Window whole = new Window(d[2], d[3], 1, 1, 1, 1, 0, 0);
        Kernel kernel = new Pooling(Pooling.Kind.AVERAGE, images.layout(), channels, whole).forward(false);
        Memory means = Memory.allocate(channels);
        kernel.run(Map.of(SRC, images, DST, means));
        return Reorder.to(Layout.dense(channels.dims()), means).array().reshape('c', d[0], d[1]);
    }

    /** Sums over the pixels. */
    public static INDArray sums(Memory images) {
        long[] d = images.layout().dims();
        if (!areByChannel(images)) {
            return means(images).muli(d[2] * d[3]);
        }
        INDArray sums = Nd4j.createUninitialized(DataType.FLOAT, d[0], d[1]);
        Memory ones = Memory.of(Nd4j.ones(DataType.FLOAT, d[2] * d[3], 1));
        Gemm.multiply(planes(images), ones, Memory.of(sums).as(Layout.dense(d[0] * d[1], 1)));
        return sums;
    }

    /** Adds a number to all pixels of each channel. */
    public static void add(INDArray values, Memory images) {
        long[] d = images.layout().dims();
        if (areByChannel(images)) {
            Memory ones = Memory.of(Nd4j.ones(DataType.FLOAT, 1, d[2] * d[3]));
            Gemm.multiplyAndAdd(Gemm.small(values).as(Layout.dense(d[0] * d[1], 1)), ones, planes(images));
            return;
        }
        Memory channels =
                Reorder.to(Layout.blocked(d[0], d[1], 1, 1), Gemm.small(values).as(Layout.dense(d[0], d[1], 1, 1)));
        Layout layout = BatchAsChannels.layout(d);
        Layout folded = BatchAsChannels.layout(channels.layout().dims());
        Memory target = images.as(layout);
        new Binary(Binary.Operation.ADD, layout, folded)
                .kernel(PostOps.NONE)
                .run(Map.of(SRC, target, SRC_1, channels.as(folded), DST, target));
    }

    private static boolean areByChannel(Memory images) {
        return images.layout().equals(Layout.dense(images.layout().dims()));
    }

    /** Images channel by channel as a matrix, a row for each channel of each example. */
    private static Memory planes(Memory images) {
        long[] d = images.layout().dims();
        return images.as(Layout.dense(d[0] * d[1], d[2] * d[3]));
    }
}
