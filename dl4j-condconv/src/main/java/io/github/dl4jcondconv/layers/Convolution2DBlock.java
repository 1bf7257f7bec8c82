package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Arrays;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/**
 * What every layer that slides a k x k window over an image shares: sizes, padding, data format and the errors about
 * them. Input [N, nIn, H, W], output [N, nOut, H', W'] (or the same in NHWC).
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PROTECTED)
public abstract class Convolution2DBlock extends ImageBlock {
    private static final long serialVersionUID = 1;

    private long nOut;
    private int[] kernelSize;
    private int[] stride;
    private int[] padding;
    private int[] dilation;
    private ConvolutionMode convolutionMode;

    protected Convolution2DBlock(Builder<?> builder) {
        super(builder);
        nOut = builder.nOut;
        kernelSize = builder.kernelSize.clone();
        stride = builder.stride.clone();
        padding = builder.padding.clone();
        dilation = builder.dilation.clone();
        convolutionMode = builder.convolutionMode;
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(!choosesOutputs() || nOut > 0, "nOut", nOut, "at least 1");
        requirePair("kernelSize", kernelSize, 1);
        requirePair("stride", stride, 1);
        requirePair("padding", padding, 0);
        requirePair("dilation", dilation, 1);
        if (convolutionMode != null) {
            checkMode();
        }
    }

    /** Whether nOut must be chosen; in depthwise layers it follows from the input's channels. */
    protected boolean choosesOutputs() {
        return true;
    }

    private void checkMode() {
        require(
                convolutionMode != ConvolutionMode.Causal,
                "convolutionMode",
                convolutionMode,
                "Strict, Truncate or Same (Causal is for sequences)");
        require(
                convolutionMode != ConvolutionMode.Same
                        || Arrays.stream(padding).allMatch(p -> p == 0),
                "padding",
                Arrays.toString(padding),
                "0 with ConvolutionMode.Same, which pads by itself");
    }

    private void requirePair(String option, int[] value, int least) {
        require(
                value.length == 2 && Arrays.stream(value).allMatch(v -> v >= least),
                option,
                Arrays.toString(value),
                "two numbers of at least " + least);
    }

    /** States the layer for an NCHW image; NHWC is permuted around it. */
    protected abstract SDVariable defineNCHW(BlockGraph graph, SDVariable image);

    @Override
    protected final SDVariable define(BlockGraph graph) {
        return fromNCHW(defineNCHW(graph, toNCHW(graph.input())));
    }

    /** The stride, padding and dilation of this layer for ND4J's convolution operations. */
    protected final Conv2DConfig conv2DConfig() {
        return Conv2DConfig.builder()
                .kH(kernelSize[0])
                .kW(kernelSize[1])
                .sH(stride[0])
                .sW(stride[1])
                .pH(padding[0])
                .pW(padding[1])
                .dH(dilation[0])
                .dW(dilation[1])
                .paddingMode(convolutionMode == ConvolutionMode.Same ? PaddingMode.SAME : PaddingMode.VALID)
                .build();
    }

    /**
     * The same for ND4J's im2col, which pads below and right as Same asks, but above and left only what it is told: that
     * depends on the image's size.
     */
    protected final Conv2DConfig im2ColConfig(List<Integer> zerosAboveAndLeft) {
        Conv2DConfig config = conv2DConfig();
        if (convolutionMode == ConvolutionMode.Same) {
            config.setPH(zerosAboveAndLeft.get(0));
            config.setPW(zerosAboveAndLeft.get(1));
        }
        return config;
    }

    /** Under Same, how many zeros go above and left of an image; else nothing. */
    protected final List<Integer> zerosAboveAndLeft(long[] imageShape) {
        boolean nhwc = getDataFormat() == CNN2DFormat.NHWC;
        return zerosAboveAndLeft(imageShape[nhwc ? 1 : 2], imageShape[nhwc ? 2 : 3]);
    }

    private List<Integer> zerosAboveAndLeft(long height, long width) {
        return convolutionMode == ConvolutionMode.Same
                ? List.of(zerosBefore(0, height), zerosBefore(1, width))
                : List.of();
    }

    private int zerosBefore(int axis, long in) {
        long covered = (outputSize(axis, in) - 1) * stride[axis] + windowSize(axis);
        return (int) Math.max(0, covered - in) / 2;
    }

    /** The window for oneDNN, on images (N, nIn, H, W). */
    protected final Window window(long[] nchw) {
        boolean same = convolutionMode == ConvolutionMode.Same;
        List<Integer> before = same ? zerosAboveAndLeft(nchw[2], nchw[3]) : List.of(padding[0], padding[1]);
        return new Window(
                kernelSize[0],
                kernelSize[1],
                stride[0],
                stride[1],
                dilation[0],
                dilation[1],
                before.get(0),
                before.get(1));
    }

    /** (N, nOut, H', W') of a batch of images (N, nIn, H, W). */
    protected final long[] outputShape(long[] nchw) {
        return new long[] {nchw[0], nOut, outputSize(0, nchw[2]), outputSize(1, nchw[3])};
    }

    /** A kernel [out, in, kH, kW] in the order [kH, kW, in, out], the one that ND4J's conv2d can differentiate. */
    protected static SDVariable toYXIO(SDVariable kernel) {
        return kernel.permute(2, 3, 1, 0);
    }

    @Override
    public void applyGlobalConfigToLayer(NeuralNetConfiguration.Builder global) {
        super.applyGlobalConfigToLayer(global);
        if (convolutionMode == null) {
            convolutionMode = global.getConvolutionMode();
        }
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        InputTypeConvolutional in = image(inputType);
        return InputType.convolutional(
                outputSize(0, in.getHeight()), outputSize(1, in.getWidth()), nOut, in.getFormat());
    }

    /** Settles nOut of a depthwise layer, whose user may leave it out, once nIn is known. */
    protected final void settleOutputs(int depthMultiplier) {
        if (nOut <= 0) {
            nOut = getNIn() * depthMultiplier;
        }
    }

    /** Rejects a depthwise layer's nOut that its user did not leave out and that does not follow from nIn. */
    protected final void checkOutputs(int depthMultiplier) {
        long outputs = getNIn() * depthMultiplier;
        require(
                outputs <= 0 || nOut == outputs,
                "nOut",
                nOut,
                "nIn * depthMultiplier = " + outputs + " (or leave it out)");
    }

    /** Pixels along height (0) or width (1) from a window's first position to its last. */
    protected final int windowSize(int axis) {
        return 1 + dilation[axis] * (kernelSize[axis] - 1);
    }

    /** Output size along height (0) or width (1); fails where no window fits, or not exactly in Strict mode. */
    protected final long outputSize(int axis, long in) {
        if (convolutionMode == ConvolutionMode.Same) {
            return (in + stride[axis] - 1) / stride[axis];
        }
        String side = axis == 0 ? "input height" : "input width";
        long window = windowSize(axis);
        long room = in + 2L * padding[axis] - window;
        require(room >= 0, side, in, "at least " + (window - 2L * padding[axis]) + ", or the kernel does not fit");
        require(
                convolutionMode != ConvolutionMode.Strict || room % stride[axis] == 0,
                side,
                in,
                "sizes that stride " + stride[axis] + " divides without rest in ConvolutionMode.Strict"
                        + " (use Truncate or Same)");
        return room / stride[axis] + 1;
    }

    /** Multiply-adds of a plain convolution with a window of {@code taps} weights for each pair of channels. */
    protected final long convolutionMultiplyAdds(InputType input, long taps) {
        return taps * getNIn() * nOut * positions(input);
    }

    /** Number of output positions H' W'. */
    protected final long positions(InputType input) {
        InputTypeConvolutional out = (InputTypeConvolutional) getOutputType(-1, input);
        return out.getHeight() * out.getWidth();
    }

    @Override
    protected void validateInputs(List<long[]> shapes) {
        super.validateInputs(shapes);
        long[] x = shapes.get(0);
        boolean nhwc = getDataFormat() == CNN2DFormat.NHWC;
        outputSize(0, x[nhwc ? 1 : 2]);
        outputSize(1, x[nhwc ? 2 : 3]);
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(INDArray mask, MaskState state, int minibatchSize) {
        INDArray reduced = mask == null
                ? null
                : ConvolutionUtils.cnn2dMaskReduction(mask, kernelSize, stride, padding, dilation, convolutionMode);
        return new Pair<>(reduced, state);
    }

    @Override
    public Convolution2DBlock clone() {
        Convolution2DBlock copy = (Convolution2DBlock) super.clone();
        copy.kernelSize = kernelSize.clone();
        copy.stride = stride.clone();
        copy.padding = padding.clone();
        copy.dilation = dilation.clone();
        return copy;
    }

    /**
     * Settings of a convolution, named and defaulted as in DL4J's ConvolutionLayer.
     *
     * @param <T> the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> extends ImageBlock.Builder<T> {
        private long nOut;
        private int[] kernelSize;
        private int[] stride = {1, 1};
        private int[] padding = {0, 0};
        private int[] dilation = {1, 1};
        private ConvolutionMode convolutionMode;

        protected Builder(int... kernelSize) {
            this.kernelSize = pair(kernelSize);
        }

        /** Output channels; required, except in depthwise layers, where they are nIn * depthMultiplier. */
        public T nOut(long channels) {
            nOut = channels;
            return self();
        }

        /** Height and width of the window, or one number for both. */
        public T kernelSize(int... size) {
            kernelSize = pair(size);
            return self();
        }

        /** Stride in height and width, or one number for both; default 1. */
        public T stride(int... stride) {
            this.stride = pair(stride);
            return self();
        }

        /** Zeros added on each side in height and width, or one number for both; default 0. */
        public T padding(int... padding) {
            this.padding = pair(padding);
            return self();
        }

        /** Distance of neighbouring window positions in height and width, or one number for both; default 1. */
        public T dilation(int... dilation) {
            this.dilation = pair(dilation);
            return self();
        }

        /** Strict, Truncate or Same; default: the network's, which is Truncate unless set. */
        public T convolutionMode(ConvolutionMode mode) {
            convolutionMode = mode;
            return self();
        }

        private static int[] pair(int... given) {
            return given.length == 1 ? new int[] {given[0], given[0]} : given.clone();
        }
    }
}
