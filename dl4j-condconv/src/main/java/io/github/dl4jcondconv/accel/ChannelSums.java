package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Pooling;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of each channel over all examples and pixels: the gradient of a bias. */
final class ChannelSums {
    private ChannelSums() {}

    /**
     * Writes the sums.
     *
     * @param images in any layout
     * @param sums one for each channel
     */
    static void write(Memory images, Memory sums) {
        long[] d = images.layout().dims();
        boolean blocks = Images.canBeBlocked(d[1]);
        Layout pixel = blocks ? Layout.blocked(d[0], d[1], 1, 1) : Layout.dense(d[0], d[1], 1, 1);
        Layout layout = blocks ? Layout.blocked(d) : Layout.dense(d);
        Memory means = Memory.allocate(pixel);
        new Pooling(Pooling.Kind.AVERAGE, layout, pixel, new Window(d[2], d[3], 1, 1, 1, 1, 0, 0))
                .forward(false)
                .run(Map.of(SRC, Reorder.to(layout, images), DST, means));
        INDArray sum = means.array().reshape(d[0], d[1]).sum(0).muli(d[2] * d[3]);
        Reorder.copy(Memory.of(sum), sums);
    }
}
