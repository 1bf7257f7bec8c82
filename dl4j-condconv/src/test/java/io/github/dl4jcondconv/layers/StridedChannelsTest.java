package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.export.Agreement;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

@ExtendWith(DoublePrecision.class)
class StridedChannelsTest {
    private static final double EXACT = 0;

    private static StridedChannels layer(int stride, int offset) {
        return new StridedChannels.Builder()
                .channelStride(stride)
                .offset(offset)
                .build();
    }

    private static INDArray output(StridedChannels layer, CNN2DFormat format, INDArray image) {
        return SmallNets.alone(layer, DataType.DOUBLE, InputType.convolutional(4, 5, 6, format))
                .outputSingle(image);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "2, 1", "3, 2"})
    void keepsEveryChannelAtTheStrideFromTheOffset(int stride, int offset) {
        INDArray image = SmallNets.image(DataType.DOUBLE, CNN2DFormat.NCHW, 3, 6, 4, 5);
        assertThat(output(layer(stride, offset), CNN2DFormat.NCHW, image))
                .isCloseTo(
                        image.get(
                                NDArrayIndex.all(),
                                NDArrayIndex.interval(offset, stride, 6),
                                NDArrayIndex.all(),
                                NDArrayIndex.all()),
                        EXACT);
    }

    @Test
    void channelsThatComeLastAreTheSame() {
        INDArray image = SmallNets.image(DataType.DOUBLE, CNN2DFormat.NCHW, 3, 6, 4, 5);
        INDArray last = image.permute(0, 2, 3, 1).dup('c');
        assertThat(output(layer(2, 1), CNN2DFormat.NHWC, last).permute(0, 3, 1, 2))
                .isCloseTo(output(layer(2, 1), CNN2DFormat.NCHW, image), EXACT);
    }

    @Test
    void isExported() throws Exception {
        InputType images = InputType.convolutional(4, 5, 6);
        assertThat(Agreement.differenceOn(
                        SmallNets.alone(layer(3, 1), DataType.FLOAT, images),
                        SmallNets.batchOf(images, DataType.FLOAT, 3)))
                .isZero();
    }

    @Test
    void channelsThatTheStrideDoesNotDivideAreRefused() {
        assertThatThrownBy(() -> output(layer(4, 0), CNN2DFormat.NCHW, null))
                .hasMessage("StridedChannels \"layer\": nIn is 6, allowed: a multiple of channelStride = 4");
    }

    @Test
    void anOffsetBeyondTheStrideIsRefused() {
        assertThatThrownBy(() -> output(layer(2, 2), CNN2DFormat.NCHW, null))
                .hasMessage("StridedChannels \"layer\": offset is 2, allowed: 0 to 1");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void theOutputTypeHasAShareOfTheChannels(CNN2DFormat format) {
        InputType.InputTypeConvolutional type = (InputType.InputTypeConvolutional)
                layer(3, 0).getOutputType(0, InputType.convolutional(4, 5, 6, format));
        assertThat(type.getChannels()).isEqualTo(2);
    }
}
