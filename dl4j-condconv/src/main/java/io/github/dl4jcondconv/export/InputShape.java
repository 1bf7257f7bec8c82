package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutionalFlat;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;

/**
 * What is known of the shape of a network input. A configuration does not keep the {@link InputType}s it was built
 * with, so this is put together from what the layers behind the input expect.
 *
 * @param rank number of dimensions, {@link #ASK} if the consumers of the vertex decide it
 * @param channels channels of an image or length of a vector, {@link #ASK} likewise, {@link #OPEN} if any
 * @param height of an image, {@link #OPEN} if any
 * @param width of an image, {@link #OPEN} if any
 * @param format of an image, null if the consumers of the vertex decide it
 */
record InputShape(int rank, long channels, long height, long width, CNN2DFormat format) {
    static final int ASK = -1;
    static final int OPEN = 0;

    static final InputShape AS_CONSUMERS = new InputShape(ASK, ASK, OPEN, OPEN, null);

    static InputShape vectors(long size) {
        return new InputShape(2, size, OPEN, OPEN, null);
    }

    /** Of a layer that reads images; one that was not told their format reads NCHW. */
    static InputShape images(long channels, CNN2DFormat format) {
        return new InputShape(4, channels, OPEN, OPEN, format == null ? CNN2DFormat.NCHW : format);
    }

    static InputShape of(InputType type) {
        return switch (type.getType()) {
            case FF -> vectors(((InputTypeFeedForward) type).getSize());
            case CNNFlat -> vectors(((InputTypeConvolutionalFlat) type).getFlattenedSize());
            case CNN -> {
                InputTypeConvolutional image = (InputTypeConvolutional) type;
                yield new InputShape(4, image.getChannels(), image.getHeight(), image.getWidth(), image.getFormat());
            }
            default -> throw new IllegalArgumentException("an ONNX input is a vector or an image, not " + type);
        };
    }

    /** This shape, with what it leaves to the consumers taken from the other. */
    InputShape orElse(InputShape other) {
        return new InputShape(
                rank == ASK ? other.rank : rank,
                channels == ASK ? other.channels : channels,
                height == OPEN ? other.height : height,
                width == OPEN ? other.width : width,
                format == null ? other.format : format);
    }

    /** This shape for an image of any size. */
    InputShape ofAnySize() {
        return new InputShape(rank, channels, OPEN, OPEN, format);
    }

    boolean isComplete() {
        return rank != ASK && channels != ASK && (rank != 4 || format != null);
    }

    /** The dimensions as ONNX wants them: N for the examples, a number if fixed, else a name or null. */
    String[] dimensions(String input) {
        String channelSize = channels > 0 ? Long.toString(channels) : null;
        if (rank == 2) {
            return new String[] {"N", channelSize};
        }
        if (format == null) {
            return new String[] {"N", null, null, null};
        }
        String rows = height > 0 ? Long.toString(height) : input + "_height";
        String columns = width > 0 ? Long.toString(width) : input + "_width";
        return format == CNN2DFormat.NHWC
                ? new String[] {"N", rows, columns, channelSize}
                : new String[] {"N", channelSize, rows, columns};
    }
}
