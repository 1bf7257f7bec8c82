package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A 3x3 window whose middle is that of a convolution's window, whatever that one's size and padding: it sees the features
 * around a position by which to tell whether the convolution is worth computing there.
 */
final class MaskWindow {
    static final int SIDE = 3;

    private final Convolution2DBlock convolution;
    /** What the padding lacks to the window, where the window does not see the image's border; else 0. */
    private final int[] margin = new int[2];

    private final int[] padding = new int[2];

    /** Fails by {@code check} if the convolution's window has no middle. */
    MaskWindow(Convolution2DBlock convolution, Check check) {
        this.convolution = convolution;
        for (int axis = 0; axis < 2; axis++) {
            int centred = centredPadding(axis, check);
            margin[axis] = Math.max(0, -centred);
            padding[axis] = Math.max(0, centred);
        }
    }

    private int centredPadding(int axis, Check check) {
        if (convolution.getConvolutionMode() == ConvolutionMode.Same) {
            return 0;
        }
        int extent = convolution.windowSize(axis);
        check.require(
                extent % 2 == 1,
                "kernelSize with dilation",
                extent + (axis == 0 ? " pixels high" : " pixels wide"),
                "odd, or any with ConvolutionMode.Same");
        return convolution.getPadding()[axis] - (extent - SIDE) / 2;
    }

    /**
     * The window's products at every position of the convolution's output.
     *
     * @param image NCHW
     * @param kernel [1, nIn, 3, 3]
     * @return [N, 1, H', W']
     */
    SDVariable convolve(BlockGraph graph, SDVariable image, SDVariable kernel) {
        Conv2DConfig config = convolution.conv2DConfig();
        config.setKH(SIDE + 2 * margin[0]);
        config.setKW(SIDE + 2 * margin[1]);
        config.setPH(padding[0]);
        config.setPW(padding[1]);
        config.setDH(1);
        config.setDW(1);
        return graph.sameDiff().cnn().conv2d(image, Convolution2DBlock.toYXIO(widened(graph, kernel)), config);
    }

    /** The kernel in the middle of zeros: convolutions have no negative padding, but they have larger windows. */
    private SDVariable widened(BlockGraph graph, SDVariable kernel) {
        SDVariable wide = kernel;
        if (margin[0] > 0) {
            SDVariable rows = zeros(graph, margin[0], SIDE);
            wide = graph.sameDiff().concat(2, rows, wide, rows);
        }
        if (margin[1] > 0) {
            SDVariable columns = zeros(graph, SIDE + 2L * margin[0], margin[1]);
            wide = graph.sameDiff().concat(3, columns, wide, columns);
        }
        return wide;
    }

    private SDVariable zeros(BlockGraph graph, long height, long width) {
        return graph.sameDiff().constant(Nd4j.zeros(graph.dataType(), 1, convolution.getNIn(), height, width));
    }
}
