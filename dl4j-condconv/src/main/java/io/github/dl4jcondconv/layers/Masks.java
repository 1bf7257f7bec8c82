package io.github.dl4jcondconv.layers;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;

/** Shapes of masks: one channel, and the height and width of what they mask. */
final class Masks {
    private Masks() {}

    /**
     * The shape [N, 1, H', W'] of the mask of a convolution's output.
     *
     * @param image the shape of the convolution's input, in its data format
     */
    static long[] shapeFor(Convolution2DBlock convolution, long[] image) {
        int height = convolution.getDataFormat() == CNN2DFormat.NHWC ? 1 : 2;
        return new long[] {
            image[0], 1, convolution.outputSize(0, image[height]), convolution.outputSize(1, image[height + 1])
        };
    }

    /** [N, C, H, W] as that format has it. */
    static long[] inFormat(CNN2DFormat format, long[] nchw) {
        return format == CNN2DFormat.NHWC ? new long[] {nchw[0], nchw[2], nchw[3], nchw[1]} : nchw;
    }

    static void requireShape(long[] mask, long[] expected, Check check) {
        check.require(
                Arrays.equals(mask, expected),
                "mask",
                Arrays.toString(mask),
                Arrays.toString(expected) + ", one channel of the size of its features");
    }

    /** The same for types, when a graph is built. */
    static void requireType(InputType mask, InputType features, Check check) {
        InputTypeConvolutional of = (InputTypeConvolutional) features;
        InputType expected = InputType.convolutional(of.getHeight(), of.getWidth(), 1, of.getFormat());
        check.require(mask.equals(expected), "mask", mask, expected + ", one channel of the size of its features");
    }
}
