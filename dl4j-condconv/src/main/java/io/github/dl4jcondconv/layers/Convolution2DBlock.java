package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import java.util.Arrays;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.InputTypeUtil;
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
public abstract class Convolution2DBlock extends SameDiffBlock {
    private static final long serialVersionUID = 1;

    private long nIn;
    private long nOut;
    private int[] kernelSize;
    private int[] stride;
    private int[] padding;
    private int[] dilation;
    private ConvolutionMode convolutionMode;
    private CNN2DFormat dataFormat;

    protected Convolution2DBlock(Builder<?> builder) {
        super(builder);
        nIn = builder.nIn;
        nOut = builder.nOut;
        kernelSize = builder.kernelSize.clone();
        stride = builder.stride.clone();
        padding = builder.padding.clone();
        dilation = builder.dilation.clone();
        convolutionMode = builder.convolutionMode;
        dataFormat = builder.dataFormat;
        checkOptions();
    }

    private void checkOptions() {
        require(nOut > 0, "nOut", nOut, "at least 1");
        requirePair("kernelSize", kernelSize, 1);
        requirePair("stride", stride, 1);
        requirePair("padding", padding, 0);
        requirePair("dilation", dilation, 1);
        if (convolutionMode != null) {
            checkMode();
        }
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

    /** Fails with one line that names the layer, the option, its value and what is allowed. */
    protected final void require(boolean holds, String option, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(describe() + ": " + option + " is " + value + ", allowed: " + allowed);
        }
    }

    /** States the layer for an NCHW image; NHWC is permuted around it. */
    protected abstract SDVariable defineNCHW(BlockGraph graph, SDVariable image);

    @Override
    protected final SDVariable define(BlockGraph graph) {
        return dataFormat == CNN2DFormat.NHWC
                ? defineNCHW(graph, graph.input().permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
                : defineNCHW(graph, graph.input());
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

    /** A kernel [out, in, kH, kW] in the order [kH, kW, in, out], the one that ND4J's conv2d can differentiate. */
    protected static SDVariable toYXIO(SDVariable kernel) {
        return kernel.permute(2, 3, 1, 0);
    }

    @Override
    public void applyGlobalConfigToLayer(NeuralNetConfiguration.Builder global) {
        super.applyGlobalConfigToLayer(global);
        if (convolutionMode == null) {
            convolutionMode = global.getConvolutionMode();
            checkMode();
        }
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        InputTypeConvolutional image = image(inputType);
        require(
                nIn <= 0 || nIn == image.getChannels(),
                "nIn",
                nIn,
                "the " + image.getChannels() + " channels of its input (or leave nIn out)");
        nIn = image.getChannels();
        if (dataFormat == null || override) {
            dataFormat = image.getFormat();
        }
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return InputTypeUtil.getPreProcessorForInputTypeCnnLayers(inputType, getLayerName());
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        InputTypeConvolutional in = image(inputType);
        return InputType.convolutional(
                outputSize(0, in.getHeight()), outputSize(1, in.getWidth()), nOut, in.getFormat());
    }

    private InputTypeConvolutional image(InputType inputType) {
        require(
                inputType instanceof InputTypeConvolutional,
                "input",
                inputType,
                "an image, InputType.convolutional(height, width, channels)");
        return (InputTypeConvolutional) inputType;
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

    /** Zeros before the first pixel along height (0) or width (1) of an image of {@code in} pixels. */
    protected final long paddingBefore(int axis, long in) {
        if (convolutionMode != ConvolutionMode.Same) {
            return padding[axis];
        }
        long covered = (outputSize(axis, in) - 1) * stride[axis] + windowSize(axis);
        return Math.max(0, covered - in) / 2;
    }

    /** Height (0) or width (1) of an image array. */
    protected final long imageSize(int axis, INDArray image) {
        return image.size((dataFormat == CNN2DFormat.NHWC ? 1 : 2) + axis);
    }

    /** Multiply-adds of a plain convolution with a window of {@code taps} weights for each pair of channels. */
    protected final long convolutionMultiplyAdds(InputType input, long taps) {
        InputTypeConvolutional out = (InputTypeConvolutional) getOutputType(-1, input);
        return taps * nIn * nOut * out.getHeight() * out.getWidth();
    }

    @Override
    protected void validateInputs(List<INDArray> inputs) {
        INDArray x = inputs.get(0);
        require(x.rank() == 4, "input", Arrays.toString(x.shape()), "an array of rank 4, " + dataFormat);
        long channels = x.size(dataFormat == CNN2DFormat.NHWC ? 3 : 1);
        require(channels == nIn, "input " + Arrays.toString(x.shape()), channels + " channels", "nIn = " + nIn);
        outputSize(0, imageSize(0, x));
        outputSize(1, imageSize(1, x));
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
    public abstract static class Builder<T extends Builder<T>> extends SameDiffBlock.Builder<T> {
        private long nIn;
        private long nOut;
        private int[] kernelSize;
        private int[] stride = {1, 1};
        private int[] padding = {0, 0};
        private int[] dilation = {1, 1};
        private ConvolutionMode convolutionMode;
        private CNN2DFormat dataFormat;

        protected Builder(int... kernelSize) {
            this.kernelSize = pair(kernelSize);
        }

        /** Input channels; default: those of the network's input type. */
        public T nIn(long channels) {
            nIn = channels;
            return self();
        }

        /** Output channels; required. */
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

        /** NCHW or NHWC; default: that of the network's input type. */
        public T dataFormat(CNN2DFormat format) {
            dataFormat = format;
            return self();
        }

        private static int[] pair(int... given) {
            return given.length == 1 ? new int[] {given[0], given[0]} : given.clone();
        }
    }
}
