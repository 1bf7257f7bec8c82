package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.ops.transforms.Transforms;

@ExtendWith(DoublePrecision.class)
class CondConv2DTest {
    private static final int EXPERTS = 3;
    // Sums of some 30 products of numbers near 1 in another order
    private static final double ROUNDING = 1e-13;

    /** A sigmoid of this is 1 to the last bit, and of its negative below 1e-40. */
    private static final double CERTAIN = 100;

    private record Window(ConvolutionMode mode, int stride, int dilation, int padding) {
        CondConv2D.Builder ours() {
            return new CondConv2D.Builder(3, 3)
                    .nOut(4)
                    .numExperts(EXPERTS)
                    .convolutionMode(mode)
                    .stride(stride)
                    .dilation(dilation)
                    .padding(padding);
        }

        ConvolutionLayer.Builder stock() {
            return new ConvolutionLayer.Builder(3, 3)
                    .nOut(4)
                    .convolutionMode(mode)
                    .stride(stride, stride)
                    .dilation(dilation, dilation)
                    .padding(padding, padding);
        }
    }

    static Stream<Window> windows() {
        return Stream.of(
                new Window(ConvolutionMode.Truncate, 1, 1, 0),
                new Window(ConvolutionMode.Truncate, 2, 1, 1),
                new Window(ConvolutionMode.Truncate, 1, 2, 1),
                new Window(ConvolutionMode.Strict, 2, 1, 0),
                new Window(ConvolutionMode.Same, 1, 1, 0),
                new Window(ConvolutionMode.Same, 2, 1, 0),
                new Window(ConvolutionMode.Same, 1, 2, 0));
    }

    private final DataSet batch = SmallNets.batch(DataType.DOUBLE, 4, 7, 9);
    private final INDArray images = batch.getFeatures();

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(11);
    }

    private static ComputationGraph alone(Layer layer) {
        return SmallNets.alone(layer, DataType.DOUBLE, InputType.convolutional(7, 9, 2));
    }

    private static ComputationGraph alone(CondConv2D.Builder layer) {
        ComputationGraph net = alone(layer.activation(Activation.IDENTITY).build());
        net.getLayer("layer").paramTable().values().forEach(p -> p.assign(Nd4j.randn(p.dataType(), p.shape())));
        return net;
    }

    private static ComputationGraph around(Layer layer) {
        return SmallNets.around(layer, SmallNets.global(DataType.DOUBLE, new NoOp()), InputType.convolutional(7, 9, 2));
    }

    private static void chooseExpert(ComputationGraph net, int expert) {
        net.getParam("layer_routingW").assign(0);
        net.getParam("layer_routingb").assign(-CERTAIN).putScalar(expert, CERTAIN);
    }

    private static void copyExpert(ComputationGraph from, int expert, ComputationGraph stock) {
        stock.setParam("layer_W", from.getParam("layer_W").get(NDArrayIndex.point(expert)));
        stock.setParam(
                "layer_b",
                from.getParam("layer_b").get(NDArrayIndex.point(expert)).reshape(1, 4));
    }

    /** Routing weights by the formula of the paper. */
    private INDArray routing(ComputationGraph net) {
        return Transforms.sigmoid(
                images.mean(2, 3).mmul(net.getParam("layer_routingW")).addiRowVector(net.getParam("layer_routingb")));
    }

    static Stream<Arguments> windowsAndMixings() {
        return windows().flatMap(window -> Stream.of(Mixing.KERNELS, Mixing.OUTPUTS)
                .map(mixing -> Arguments.of(window, mixing)));
    }

    @ParameterizedTest
    @MethodSource("windowsAndMixings")
    void oneHotRoutingIsTheStockConvolutionOfThatExpert(Window window, Mixing mixing) {
        ComputationGraph net = alone(window.ours().mixing(mixing));
        chooseExpert(net, 1);
        ComputationGraph stock =
                alone(window.stock().activation(Activation.IDENTITY).build());
        copyExpert(net, 1, stock);
        assertThat(net.outputSingle(images)).isWithin(ROUNDING * 10, stock.outputSingle(images));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void oneHotRoutingTrainsThatExpertAsTheStockConvolution(Window window) {
        ComputationGraph net = around(window.ours().build());
        chooseExpert(net, 1);
        ComputationGraph stock = around(window.stock().build());
        stock.paramTable().forEach((name, p) -> {
            if (!name.startsWith("layer")) {
                p.assign(net.getParam(name));
            }
        });
        copyExpert(net, 1, stock);
        assertThat(Gradients.of(net, batch).get("layer_W").get(NDArrayIndex.point(1)))
                .isWithin(ROUNDING, Gradients.of(stock, batch).get("layer_W"));
    }

    @Test
    void expertsThatAreNotChosenGetNoGradient() {
        ComputationGraph net =
                around(new CondConv2D.Builder(3, 3).nOut(4).numExperts(EXPERTS).build());
        chooseExpert(net, 1);
        // A routing weight of exp(-100) leaves a gradient of 1e-44
        assertThat(Gradients.of(net, batch).get("layer_W").get(NDArrayIndex.point(0)))
                .isWithin(1e-40, Nd4j.zeros(DataType.DOUBLE, 4, 2, 3, 3));
    }

    @Test
    void equalExpertsMakeRoutingIrrelevantUpToItsSum() {
        ComputationGraph net = alone(new CondConv2D.Builder(3, 3).nOut(4).numExperts(EXPERTS));
        for (String name : new String[] {"layer_W", "layer_b"}) {
            INDArray p = net.getParam(name);
            p.assign(p.get(NDArrayIndex.interval(0, 1)).dup().broadcast(p.shape()));
        }
        ComputationGraph stock = alone(new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .activation(Activation.IDENTITY)
                .build());
        copyExpert(net, 0, stock);
        INDArray sums = routing(net).sum(1).reshape(4, 1, 1, 1);
        assertThat(net.outputSingle(images))
                .isWithin(ROUNDING * 10, stock.outputSingle(images).mul(sums));
    }

    @Test
    void oneExpertIsAPlainConvolutionScaledByItsRoutingWeight() {
        ComputationGraph net = alone(new CondConv2D.Builder(3, 3).nOut(4).numExperts(1));
        ComputationGraph stock = alone(new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .activation(Activation.IDENTITY)
                .build());
        copyExpert(net, 0, stock);
        INDArray weights = routing(net).reshape(4, 1, 1, 1);
        assertThat(net.outputSingle(images))
                .isWithin(ROUNDING * 10, stock.outputSingle(images).mul(weights));
    }

    @Test
    void anExampleIsTreatedAloneAsWithinItsBatch() {
        ComputationGraph net = alone(new CondConv2D.Builder(3, 3).nOut(4).numExperts(EXPERTS));
        INDArray together = net.outputSingle(images);
        INDArray third = images.get(NDArrayIndex.interval(2, 3)).dup();
        assertThat(net.outputSingle(third)).isWithin(ROUNDING, together.get(NDArrayIndex.interval(2, 3)));
    }

    @Test
    void anImageOfOnePixelPasses() {
        ComputationGraph net = SmallNets.around(
                new CondConv2D.Builder(1, 1).nOut(3).numExperts(2).build(),
                SmallNets.global(DataType.DOUBLE, new NoOp()),
                InputType.convolutional(1, 1, 2));
        Map<String, INDArray> gradients = Gradients.of(net, SmallNets.batch(DataType.DOUBLE, 1, 1, 1));
        assertThat(gradients.get("layer_W")).isNotEqualTo(Nd4j.zeros(DataType.DOUBLE, 2, 3, 2, 1, 1));
    }

    @Test
    void withoutBiasThereIsNoBiasParameter() {
        ComputationGraph net =
                alone(new CondConv2D.Builder(3, 3).nOut(4).numExperts(EXPERTS).hasBias(false));
        assertThat(net.getLayer("layer").paramTable()).containsOnlyKeys("W", "routingW", "routingb");
    }
}
