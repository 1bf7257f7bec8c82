package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * WeightNet holds CondConv and squeeze-and-excitation as special cases (Ma et al., ECCV 2020, section 3.3). Activations
 * are left out, so that gates can be applied after the layer.
 */
class UnificationTest {
    // Sums of less than 100 products in double, ordered differently
    private static final double ROUNDING = 1e-13;
    private static final int FILTERS = 4;
    private static final int EXPERTS = 3;
    private static final InputType IMAGE = InputType.convolutional(6, 5, 2);

    private final INDArray x = SmallNets.batchOf(IMAGE, DataType.DOUBLE, 3);

    @Test
    void oneDenseGroupIsCondConv() {
        ComputationGraph weightNet = net(weightNet().nOut(1).m(EXPERTS).g(1).build());
        ComputationGraph condConv = net(condConv().nOut(1).build());
        copyRouting(weightNet, condConv, weightNet.getParam("layer_fc1W"), weightNet.getParam("layer_fc1b"));
        condConv.setParam(
                "layer_W", weightNet.getParam("layer_fc2W").transpose().reshape(EXPERTS, 1, 2, 3, 3));
        assertThat(weightNet.outputSingle(x)).isCloseTo(condConv.outputSingle(x), ROUNDING);
    }

    @Test
    void theSameGatesForEveryFilterAreCondConv() {
        ComputationGraph weightNet =
                net(weightNet().nOut(FILTERS).m(EXPERTS).g(1).build());
        INDArray gateW = Nd4j.randn(DataType.DOUBLE, 16, EXPERTS);
        INDArray gateb = Nd4j.randn(DataType.DOUBLE, EXPERTS);
        weightNet.setParam("layer_fc1W", Nd4j.tile(gateW, 1, FILTERS));
        weightNet.setParam("layer_fc1b", Nd4j.tile(gateb, FILTERS));
        ComputationGraph condConv = net(condConv().nOut(FILTERS).build());
        copyRouting(weightNet, condConv, gateW, gateb);
        condConv.setParam(
                "layer_W", weightNet.getParam("layer_fc2W").transpose().reshape(EXPERTS, FILTERS, 2, 3, 3));
        assertThat(weightNet.outputSingle(x)).isCloseTo(condConv.outputSingle(x), ROUNDING);
    }

    /** Reduction and first layer, both linear, are one routing matrix. */
    private static void copyRouting(
            ComputationGraph weightNet, ComputationGraph condConv, INDArray gateW, INDArray gateb) {
        condConv.setParam("layer_routingW", weightNet.getParam("layer_reduceW").mmul(gateW));
        INDArray shift = weightNet.getParam("layer_reduceb").reshape(1, -1).mmul(gateW);
        condConv.setParam("layer_routingb", shift.reshape(-1).add(gateb));
    }

    @Test
    void oneGateAndOneGroupForEveryFilterAreAConvolutionWithScaledChannels() {
        ComputationGraph weightNet = net(weightNet().nOut(FILTERS).m(1).g(1).build());
        ComputationGraph plain = net(new ConvolutionLayer.Builder(3, 3)
                .nOut(FILTERS)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .build());
        plain.setParam("layer_W", weightNet.getParam("layer_fc2W").reshape(FILTERS, 2, 3, 3));
        assertThat(weightNet.outputSingle(x)).isCloseTo(scaled(plain.outputSingle(x), weightNet), ROUNDING);
    }

    @Test
    void oneGateForEveryChannelIsADepthwiseConvolutionWithScaledChannels() {
        ComputationGraph weightNet = net(new DepthwiseWeightNetConv2D.Builder(3, 3)
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .build());
        ComputationGraph plain = net(new DepthwiseConvolution2D.Builder(3, 3)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .build());
        plain.setParam(
                "layer_W", weightNet.getParam("layer_fc2W").reshape(1, 2, 3, 3).permute(2, 3, 1, 0));
        assertThat(weightNet.outputSingle(x)).isCloseTo(scaled(plain.outputSingle(x), weightNet), ROUNDING);
    }

    /** What squeeze-and-excitation does to an image, with the gates of a WeightNet layer. */
    private INDArray scaled(INDArray image, ComputationGraph weightNet) {
        INDArray context = x.mean(2, 3)
                .mmul(weightNet.getParam("layer_reduceW"))
                .addRowVector(weightNet.getParam("layer_reduceb"));
        INDArray gates = Transforms.sigmoid(
                context.mmul(weightNet.getParam("layer_fc1W")).addRowVector(weightNet.getParam("layer_fc1b")));
        return image.mul(gates.reshape(gates.size(0), gates.size(1), 1, 1));
    }

    private static WeightNetConv2D.Builder weightNet() {
        return new WeightNetConv2D.Builder(3, 3).activation(Activation.IDENTITY).convolutionMode(ConvolutionMode.Same);
    }

    private static CondConv2D.Builder condConv() {
        return new CondConv2D.Builder(3, 3)
                .numExperts(EXPERTS)
                .activation(Activation.IDENTITY)
                .hasBias(false)
                .convolutionMode(ConvolutionMode.Same);
    }

    private static ComputationGraph net(Layer layer) {
        ComputationGraph net = SmallNets.alone(layer, DataType.DOUBLE, IMAGE);
        net.params()
                .addi(Nd4j.randn(net.params().shape()).castTo(DataType.DOUBLE).muli(0.3));
        return net;
    }
}
