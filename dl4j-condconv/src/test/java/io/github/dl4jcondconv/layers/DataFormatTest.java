package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;

class DataFormatTest {
    // The same float operations on the same numbers, but for the stock layers around, which may order sums otherwise
    private static final double ROUNDING = 1e-5;

    private final DataSet nchw = SmallNets.batch(DataType.FLOAT, 3, 6, 5);
    private final DataSet nhwc =
            new DataSet(nchw.getFeatures().permute(0, 2, 3, 1).dup('c'), nchw.getLabels());

    static Stream<Named<Supplier<Convolution2DBlock>>> layers() {
        return Stream.of(
                Named.of("CondConv2D", () -> new CondConv2D.Builder(3, 3)
                        .nOut(4)
                        .numExperts(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .stride(2)
                        .build()),
                Named.of("AsymmetricConvBlock", () -> new AsymmetricConvBlock.Builder(3)
                        .nOut(4)
                        .padding(1)
                        .build()));
    }

    private static ComputationGraph net(Supplier<Convolution2DBlock> layer, CNN2DFormat format) {
        return SmallNets.around(
                layer.get(), SmallNets.global(DataType.FLOAT, new NoOp()), InputType.convolutional(6, 5, 2, format));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void outputsAreThePermutedOnes(Supplier<Convolution2DBlock> layer) {
        INDArray expected = net(layer, CNN2DFormat.NCHW)
                .feedForward(nchw.getFeatures(), false)
                .get("layer");
        INDArray actual = net(layer, CNN2DFormat.NHWC)
                .feedForward(nhwc.getFeatures(), false)
                .get("layer");
        assertThat(actual.permute(0, 3, 1, 2)).isCloseTo(expected, ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsAreTheSame(Supplier<Convolution2DBlock> layer) {
        assertClose(
                Gradients.of(net(layer, CNN2DFormat.NHWC), nhwc),
                Gradients.of(net(layer, CNN2DFormat.NCHW), nchw),
                ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theOutputTypeKeepsTheFormat(Supplier<Convolution2DBlock> layer) {
        InputTypeConvolutional output = (InputTypeConvolutional) net(layer, CNN2DFormat.NHWC)
                .getConfiguration()
                .getLayerActivationTypes(InputType.convolutional(6, 5, 2, CNN2DFormat.NHWC))
                .get("layer");
        assertThat(output.getFormat()).isEqualTo(CNN2DFormat.NHWC);
    }
}
