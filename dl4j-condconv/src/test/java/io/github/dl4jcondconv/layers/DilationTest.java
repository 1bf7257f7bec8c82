package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;

/** ND4J M2.1 runs FLOAT through oneDNN, which cannot dilate, and DOUBLE through its own code, which can. */
class DilationTest {
    // Sums of some 50 products near 1, each rounded at 6e-8
    private static final double ROUNDING = 1e-5;

    static Stream<Named<Supplier<Convolution2DBlock>>> layers() {
        return Stream.of(
                Named.of(
                        "CondConv2D, kernels mixed", () -> condConv(new CondConv2D.Builder(3).nOut(3), Mixing.KERNELS)),
                Named.of(
                        "CondConv2D, outputs mixed", () -> condConv(new CondConv2D.Builder(3).nOut(3), Mixing.OUTPUTS)),
                Named.of(
                        "DepthwiseCondConv2D, kernels mixed",
                        () -> condConv(new DepthwiseCondConv2D.Builder(3).depthMultiplier(2), Mixing.KERNELS)),
                Named.of(
                        "DepthwiseCondConv2D, outputs mixed",
                        () -> condConv(new DepthwiseCondConv2D.Builder(3).depthMultiplier(2), Mixing.OUTPUTS)),
                Named.of("AsymmetricConvBlock", () -> new AsymmetricConvBlock.Builder(3)
                        .nOut(3)
                        .dilation(2, 3)
                        .padding(2, 1)
                        .build()));
    }

    private static <T extends CondConvBlock.Builder<T>> Convolution2DBlock condConv(T builder, Mixing mixing) {
        return builder.numExperts(2).mixing(mixing).dilation(2, 3).padding(2, 1).build();
    }

    private static ComputationGraph net(Supplier<Convolution2DBlock> layer, DataType type) {
        return SmallNets.around(layer.get(), SmallNets.global(type, new NoOp()), InputType.convolutional(7, 8, 2));
    }

    private final DataSet batch = SmallNets.batch(DataType.FLOAT, 3, 7, 8);
    private final DataSet doubles = new DataSet(
            batch.getFeatures().castTo(DataType.DOUBLE), batch.getLabels().castTo(DataType.DOUBLE));

    private static ComputationGraph copy(Supplier<Convolution2DBlock> layer, ComputationGraph floats) {
        ComputationGraph net = net(layer, DataType.DOUBLE);
        net.setParams(floats.params().castTo(DataType.DOUBLE));
        return net;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void floatInferenceDilatesAsDouble(Supplier<Convolution2DBlock> layer) {
        ComputationGraph net = net(layer, DataType.FLOAT);
        INDArray expected = copy(layer, net).outputSingle(doubles.getFeatures());
        assertThat(net.outputSingle(batch.getFeatures())).isCloseTo(expected, ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void floatGradientsDilateAsDouble(Supplier<Convolution2DBlock> layer) {
        ComputationGraph net = net(layer, DataType.FLOAT);
        assertClose(Gradients.of(net, batch), Gradients.of(copy(layer, net), doubles), ROUNDING);
    }
}
