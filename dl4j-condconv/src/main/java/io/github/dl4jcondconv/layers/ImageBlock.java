package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import java.util.Arrays;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.InputTypeUtil;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What every layer that reads an image [N, nIn, H, W] (or the same in NHWC) shares: channels and data format. */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PROTECTED)
public abstract class ImageBlock extends SameDiffBlock {
    private static final long serialVersionUID = 1;

    private long nIn;
    private CNN2DFormat dataFormat;

    protected ImageBlock(Builder<?> builder) {
        super(builder);
        nIn = builder.nIn;
        dataFormat = builder.dataFormat;
    }

    /** An image of this layer's data format as NCHW. */
    protected final SDVariable toNCHW(SDVariable image) {
        return dataFormat == CNN2DFormat.NHWC ? image.permute(0, 3, 1, 2) : image;
    }

    /** An NCHW image in this layer's data format. */
    protected final SDVariable fromNCHW(SDVariable image) {
        return dataFormat == CNN2DFormat.NHWC ? image.permute(0, 2, 3, 1) : image;
    }

    /** An image of this layer's data format as NCHW. */
    protected final INDArray toNCHW(INDArray image) {
        return dataFormat == CNN2DFormat.NHWC ? image.permute(0, 3, 1, 2) : image;
    }

    /** An NCHW image in this layer's data format. */
    protected final INDArray fromNCHW(INDArray image) {
        return dataFormat == CNN2DFormat.NHWC ? image.permute(0, 2, 3, 1) : image;
    }

    @Override
    protected CNN2DFormat imageFormat() {
        return dataFormat == null ? CNN2DFormat.NCHW : dataFormat;
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

    /** The input type as an image; fails for any other. */
    protected final InputTypeConvolutional image(InputType inputType) {
        require(
                inputType instanceof InputTypeConvolutional,
                "input",
                inputType,
                "an image, InputType.convolutional(height, width, channels)");
        return (InputTypeConvolutional) inputType;
    }

    @Override
    protected void validateInputs(List<long[]> shapes) {
        long[] x = shapes.get(0);
        boolean nhwc = dataFormat == CNN2DFormat.NHWC;
        require(x.length == 4, "input", Arrays.toString(x), "an array of rank 4, " + (nhwc ? "NHWC" : "NCHW"));
        long channels = x[nhwc ? 3 : 1];
        require(channels == nIn, "input " + Arrays.toString(x), channels + " channels", "nIn = " + nIn);
    }

    /**
     * Settings of a layer that reads an image.
     *
     * @param <T> the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> extends SameDiffBlock.Builder<T> {
        private long nIn;
        private CNN2DFormat dataFormat;

        /** Input channels; default: those of the network's input type. */
        public T nIn(long channels) {
            nIn = channels;
            return self();
        }

        /** NCHW or NHWC; default: that of the network's input type. */
        public T dataFormat(CNN2DFormat format) {
            dataFormat = format;
            return self();
        }
    }
}
