package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Routing weights 0, 1, 0 make a conditional layer DL4J's own layer with the weights of the second expert; CondConv2D has
 * a test of its own.
 */
class OneHotRoutingTest {
    // Both sides are sums of at most 18 products in double: their order alone tells them apart
    private static final double ROUNDING = 1e-13;
    private static final int EXPERTS = 3;
    private static final int CHOSEN = 1;

    @ParameterizedTest
    @EnumSource(
            value = Mixing.class,
            names = {"KERNELS", "OUTPUTS"})
    void choosesADepthwiseConvolutionWithItsOrderOfOutputs(Mixing mixing) {
        SameDiffBlock conditional = new DepthwiseCondConv2D.Builder(3, 3)
                .depthMultiplier(3)
                .numExperts(EXPERTS)
                .routing(Routing.shared())
                .mixing(mixing)
                .stride(2)
                .padding(1)
                .build();
        Layer plain = new DepthwiseConvolution2D.Builder(3, 3)
                .depthMultiplier(3)
                .stride(2, 2)
                .padding(1, 1)
                .build();
        // [d, nIn, kH, kW] to DL4J's [kH, kW, nIn, d]
        assertThat(difference(conditional, plain, InputType.convolutional(6, 5, 2), 2, 3, 1, 0))
                .isLessThan(ROUNDING);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mixing.class,
            names = {"KERNELS", "OUTPUTS"})
    void choosesADenseLayer(Mixing mixing) {
        SameDiffBlock conditional = new CondDense.Builder()
                .nOut(4)
                .numExperts(EXPERTS)
                .routing(Routing.shared())
                .mixing(mixing)
                .build();
        Layer plain = new DenseLayer.Builder().nOut(4).build();
        assertThat(difference(conditional, plain, InputType.feedForward(5), 0, 1))
                .isLessThan(ROUNDING);
    }

    private static double difference(SameDiffBlock conditional, Layer plain, InputType input, int... toPlain) {
        ComputationGraph net = SmallNets.aloneWithVector(conditional, DataType.DOUBLE, input, EXPERTS);
        net.setParam("layer_b", Nd4j.randn(net.getParam("layer_b").shape()).castTo(DataType.DOUBLE));
        ComputationGraph expected = SmallNets.alone(plain, DataType.DOUBLE, input);
        expected.setParam("layer_W", expert(net, "layer_W").permute(toPlain));
        expected.setParam(
                "layer_b",
                expert(net, "layer_b").reshape(expected.getParam("layer_b").shape()));

        INDArray x = SmallNets.batchOf(input, DataType.DOUBLE, 3);
        INDArray oneHot = Nd4j.zeros(DataType.DOUBLE, x.size(0), EXPERTS);
        oneHot.getColumn(CHOSEN).assign(1);
        return SmallNets.relativeDifference(net.outputSingle(x, oneHot), expected.outputSingle(x));
    }

    private static INDArray expert(ComputationGraph net, String parameter) {
        return net.getParam(parameter).get(NDArrayIndex.point(CHOSEN));
    }
}
