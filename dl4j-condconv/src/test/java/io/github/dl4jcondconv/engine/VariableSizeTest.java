package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** A network that has seen one size of batch and image answers for another like a network that never did. */
class VariableSizeTest {
    // Equal sums, which other sizes of buffers may order differently
    private static final double ROUNDING = 1e-6;

    static Stream<Named<Supplier<Layer>>> layers() {
        return Stream.of(
                Named.of(
                        "CondConv2D",
                        () -> new CondConv2D.Builder(3, 3).nOut(3).numExperts(2).build()),
                Named.of("AsymmetricConvBlock", () -> new AsymmetricConvBlock.Builder(3)
                        .nOut(3)
                        .stride(2)
                        .padding(1)
                        .build()),
                // Same with stride 2 pads even and odd images differently
                Named.of("CondConv2D, Same", () -> new CondConv2D.Builder(3, 3)
                        .nOut(3)
                        .stride(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .mixing(Mixing.KERNELS)
                        .build()),
                Named.of("DepthwiseCondConv2D", () -> new DepthwiseCondConv2D.Builder(3, 3)
                        .depthMultiplier(2)
                        .stride(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .build()),
                Named.of("WeightNetConv2D", () -> new WeightNetConv2D.Builder(3, 3)
                        .nOut(3)
                        .stride(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .build()),
                Named.of("DepthwiseWeightNetConv2D", new DepthwiseWeightNetConv2D.Builder(3, 3)::build),
                Named.of("SqueezeExcitation", new SqueezeExcitation.Builder().reductionRatio(2)::build));
    }

    private static ComputationGraph net(Supplier<Layer> layer) {
        return SmallNets.around(
                layer.get(), SmallNets.global(DataType.FLOAT, new Sgd(0.1)), InputType.convolutional(6, 6, 2));
    }

    private static ComputationGraph fresh(Supplier<Layer> layer, ComputationGraph like) {
        ComputationGraph net = net(layer);
        net.setParams(like.params());
        return net;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inferenceTakesAnySize(Supplier<Layer> layer) {
        ComputationGraph net = net(layer);
        net.outputSingle(SmallNets.batch(DataType.FLOAT, 4, 6, 6).getFeatures());
        DataSet other = SmallNets.batch(DataType.FLOAT, 3, 9, 7);
        assertThat(net.outputSingle(other.getFeatures()))
                .isCloseTo(fresh(layer, net).outputSingle(other.getFeatures()), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void trainingTakesAnySize(Supplier<Layer> layer) {
        ComputationGraph net = net(layer);
        net.fit(SmallNets.batch(DataType.FLOAT, 4, 6, 6));
        DataSet other = SmallNets.batch(DataType.FLOAT, 3, 9, 7);
        assertClose(Gradients.of(net, other), Gradients.of(fresh(layer, net), other), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void oneExampleOfOneWindowTrains(Supplier<Layer> layer) {
        ComputationGraph net = net(layer);
        DataSet smallest = SmallNets.batch(DataType.FLOAT, 1, 3, 3);
        assertClose(Gradients.of(net, smallest), Gradients.of(fresh(layer, net), smallest), ROUNDING);
    }
}
