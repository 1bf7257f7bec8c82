package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

/** Images of 4x4 pixels of which the left 4x3 count. */
@ExtendWith(DoublePrecision.class)
class MaskTest {
    private static final InputType INPUT = InputType.convolutional(4, 4, 2);
    private static final int BATCH = 3;
    // Means of a dozen numbers near 1
    private static final double ROUNDING = 1e-13;

    private final INDArray images = Nd4j.randn(DataType.DOUBLE, BATCH, 2, 4, 4);
    private final INDArray mask = mask();

    private static INDArray mask() {
        INDArray mask = Nd4j.ones(DataType.DOUBLE, BATCH, 1, 4, 4);
        mask.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(3))
                .assign(0);
        return mask;
    }

    private static INDArray counted(INDArray images) {
        return images.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 3))
                .dup();
    }

    private static ComputationGraph condConv() {
        return SmallNets.alone(
                new CondConv2D.Builder(1, 1)
                        .nOut(3)
                        .numExperts(2)
                        .activation(Activation.IDENTITY)
                        .build(),
                DataType.DOUBLE,
                INPUT);
    }

    private static INDArray output(ComputationGraph net, INDArray images, INDArray mask) {
        return net.output(false, new INDArray[] {images}, new INDArray[] {mask})[0];
    }

    static Stream<Named<Supplier<Layer>>> layers() {
        return Stream.of(
                Named.of("CondConv2D", () -> new CondConv2D.Builder(3, 3)
                        .nOut(3)
                        .stride(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .build()),
                Named.of("AsymmetricConvBlock", () -> new AsymmetricConvBlock.Builder(3)
                        .nOut(3)
                        .stride(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .build()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theMaskIsReducedAsByTheStockConvolution(Supplier<Layer> layer) {
        Layer stock = new ConvolutionLayer.Builder(3, 3)
                .nOut(3)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build();
        assertThat(reduced(layer.get())).isEqualTo(reduced(stock));
    }

    private INDArray reduced(Layer layer) {
        return SmallNets.alone(layer, DataType.DOUBLE, INPUT)
                .getLayer("layer")
                .feedForwardMaskArray(mask, MaskState.Active, BATCH)
                .getFirst();
    }

    @Test
    void theRouterIgnoresMaskedPixels() {
        ComputationGraph net = condConv();
        INDArray expected = net.outputSingle(counted(images));
        assertThat(counted(output(net, images, mask))).isWithin(ROUNDING, expected);
    }

    static Stream<Named<Layer>> layersThatPool() {
        return Stream.of(
                Named.of("Router", new Router.Builder().numExperts(2).build()),
                Named.of("KernelContext", new KernelContext.Builder().build()));
    }

    @ParameterizedTest
    @MethodSource("layersThatPool")
    void poolingIgnoresMaskedPixels(Layer layer) {
        ComputationGraph net = SmallNets.alone(layer, DataType.DOUBLE, INPUT);
        INDArray expected = net.outputSingle(counted(images));
        assertThat(output(net, images, mask)).isWithin(ROUNDING, expected);
    }

    static Stream<Named<Layer>> layersThatGate() {
        return Stream.of(
                Named.of(
                        "WeightNetConv2D",
                        new WeightNetConv2D.Builder(1, 1).nOut(3).build()),
                Named.of("DepthwiseWeightNetConv2D", new DepthwiseWeightNetConv2D.Builder(1, 1).build()),
                Named.of("DepthwiseCondConv2D", new DepthwiseCondConv2D.Builder(1, 1).build()),
                Named.of(
                        "SqueezeExcitation",
                        new SqueezeExcitation.Builder().reductionRatio(1).build()));
    }

    @ParameterizedTest
    @MethodSource("layersThatGate")
    void gatesIgnoreMaskedPixels(Layer layer) {
        ComputationGraph net = SmallNets.alone(layer, DataType.DOUBLE, INPUT);
        INDArray expected = net.outputSingle(counted(images));
        assertThat(counted(output(net, images, mask))).isWithin(ROUNDING, expected);
    }

    @Test
    void aMaskOfOnesChangesNothing() {
        ComputationGraph net = condConv();
        assertThat(output(net, images, Nd4j.ones(DataType.DOUBLE, BATCH, 1, 4, 4)))
                .isWithin(ROUNDING, net.outputSingle(images));
    }

    @Test
    void aMaskPerExampleCountsAllItsPixels() {
        ComputationGraph net = condConv();
        assertThat(output(net, images, Nd4j.ones(DataType.DOUBLE, BATCH, 1, 1, 1)))
                .isWithin(ROUNDING, net.outputSingle(images));
    }

    @Test
    void aMaskDoesNotOutliveItsPass() {
        ComputationGraph net = condConv();
        INDArray before = net.outputSingle(images);
        output(net, images, mask);
        assertThat(net.outputSingle(images)).isEqualTo(before);
    }

    @Test
    void gradientsUnderAMaskAgreeWithFiniteDifferences() {
        ComputationGraph net = SmallNets.around(
                new CondConv2D.Builder(3, 3).nOut(3).numExperts(2).build(),
                SmallNets.global(DataType.DOUBLE, new NoOp()),
                INPUT);
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                        .net(net)
                        .inputs(new INDArray[] {images})
                        .inputMask(new INDArray[] {mask})
                        .labels(new INDArray[] {SmallNets.labels(DataType.DOUBLE, BATCH)})
                        .epsilon(1e-6)
                        .maxRelError(1e-3)
                        .minAbsoluteError(1e-8)
                        .subset(true)
                        .maxPerParam(10)
                        .print(GradientCheckUtil.PrintMode.FAILURES_ONLY)))
                .isTrue();
    }
}
