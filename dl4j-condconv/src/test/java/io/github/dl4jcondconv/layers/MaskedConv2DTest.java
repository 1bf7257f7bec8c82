package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SampledNets;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@ExtendWith(DoublePrecision.class)
class MaskedConv2DTest {
    private final INDArray images = Nd4j.randn(DataType.DOUBLE, 2, 3, 7, 6);
    private final INDArray mask =
            Nd4j.rand(DataType.DOUBLE, 2, 1, 4, 3).gte(0.5).castTo(DataType.DOUBLE);
    private final INDArray ones = Nd4j.ones(DataType.DOUBLE, 2, 1, 4, 3);

    private static MaskedConv2D layer() {
        return new MaskedConv2D.Builder(3)
                .nOut(4)
                .stride(2)
                .padding(1)
                .biasInit(0.3)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static ComputationGraph net(CNN2DFormat format) {
        return SampledNets.alone(
                layer(), DataType.DOUBLE, (InputTypeConvolutional) InputType.convolutional(7, 6, 3, format), 4, 3);
    }

    @Test
    void inferenceIsTheConvolutionWhereTheMaskSamplesAndZeroElsewhere() {
        ComputationGraph net = net(CNN2DFormat.NCHW);
        INDArray everywhere = SampledNets.output(net, images, ones);
        assertThat(SampledNets.output(net, images, mask)).isEqualTo(everywhere.mul(mask));
    }

    @Test
    void trainingComputesEveryPosition() {
        ComputationGraph net = net(CNN2DFormat.NCHW);
        INDArray everywhere = SampledNets.output(net, images, ones);
        assertThat(net.feedForward(new INDArray[] {images, mask}, true).get("layer"))
                .isEqualTo(everywhere);
    }

    @Test
    void nhwcIsThePermutedNchw() {
        ComputationGraph nchw = net(CNN2DFormat.NCHW);
        ComputationGraph nhwc = net(CNN2DFormat.NHWC);
        nhwc.setParams(nchw.params());
        INDArray output = SampledNets.output(
                nhwc, images.permute(0, 2, 3, 1).dup(), mask.permute(0, 2, 3, 1).dup());
        assertThat(output.permute(0, 3, 1, 2)).isEqualTo(SampledNets.output(nchw, images, mask));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void aMaskOfAnotherSizeIsRejectedWhenTheGraphIsBuilt(CNN2DFormat format) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampledNets.alone(
                        layer(), DataType.DOUBLE, (InputTypeConvolutional) InputType.convolutional(7, 6, 3, format)))
                .withMessageStartingWith("MaskedConv2D \"layer\": mask is ")
                .withMessageContaining("allowed: ");
    }

    @Test
    void aMaskOfAnotherBatchIsRejected() {
        ComputationGraph net = net(CNN2DFormat.NCHW);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampledNets.output(net, images, Nd4j.ones(DataType.DOUBLE, 1, 1, 4, 3)))
                .withMessageContaining("mask is [1, 1, 4, 3], allowed: [2, 1, 4, 3]");
    }
}
