package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitConstant;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

class WeightInitTest {
    private static final int CHANNELS = 20;
    private static final int EXPERTS = 3;
    // n = 20 * 20 * 9 draws know their standard deviation to 1 / sqrt(2 n) = 1.2 %: six times that
    private static final double TOLERANCE = 0.07;

    private static NeuralNetConfiguration.Builder global() {
        return SmallNets.global(DataType.FLOAT, new NoOp());
    }

    private static ComputationGraph net(Layer layer, NeuralNetConfiguration.Builder global) {
        return SmallNets.built(global.graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(4, 4, CHANNELS))
                .addLayer("layer", layer, "in")
                .setOutputs("layer")
                .validateOutputLayerConfig(false));
    }

    private static CondConv2D.Builder condConv() {
        return new CondConv2D.Builder(3, 3).nOut(CHANNELS).numExperts(EXPERTS);
    }

    private static double deviation(INDArray array) {
        return array.castTo(DataType.DOUBLE).stdNumber(false).doubleValue();
    }

    private static double stockDeviation(NeuralNetConfiguration.Builder global) {
        Layer stock = new ConvolutionLayer.Builder(3, 3).nOut(CHANNELS).build();
        return deviation(net(stock, global).getParam("layer_W"));
    }

    private static List<Double> expertDeviations(ComputationGraph net) {
        INDArray w = net.getParam("layer_W");
        return IntStream.range(0, EXPERTS)
                .mapToDouble(e -> deviation(w.get(NDArrayIndex.point(e))))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = WeightInit.class,
            mode = Mode.EXCLUDE,
            names = {"DISTRIBUTION", "IDENTITY"})
    void everyExpertStartsAsWideAsAStockConvolution(WeightInit init) {
        Supplier<NeuralNetConfiguration.Builder> global = () -> global().weightInit(init);
        double stock = stockDeviation(global.get());
        assertThat(expertDeviations(net(condConv().build(), global.get())))
                .allSatisfy(d -> assertThat(d).isCloseTo(stock, within(TOLERANCE * stock)));
    }

    @Test
    void expertsStartDifferentFromEachOther() {
        INDArray w = net(condConv().build(), global()).getParam("layer_W");
        assertThat(w.get(NDArrayIndex.point(0))).isNotEqualTo(w.get(NDArrayIndex.point(1)));
    }

    @Test
    void theSameSeedStartsTheSameNetwork() {
        assertThat(net(condConv().build(), global()).params())
                .isEqualTo(net(condConv().build(), global()).params());
    }

    @Test
    void aLayersOwnInitialisationWins() {
        ComputationGraph net =
                net(condConv().weightInit(new WeightInitConstant(0.5)).build(), global());
        assertThat(net.getParam("layer_W"))
                .isEqualTo(Nd4j.valueArrayOf(net.getParam("layer_W").shape(), 0.5f));
    }

    @Test
    void aDistributionIsDrawnFrom() {
        ComputationGraph net = net(
                condConv()
                        .weightInit(new WeightInitDistribution(new UniformDistribution(2, 3)))
                        .build(),
                global());
        INDArray w = net.getParam("layer_W");
        assertThat(w.minNumber().doubleValue()).isBetween(2.0, 2.01);
        assertThat(w.maxNumber().doubleValue()).isBetween(2.99, 3.0);
    }

    @Test
    void oneParameterMayHaveItsOwnInitialisation() {
        AsymmetricConvBlock block = new AsymmetricConvBlock.Builder(3)
                .nOut(CHANNELS)
                .weightInit("Whor", new WeightInitConstant(0.5))
                .build();
        ComputationGraph net = net(block, global());
        assertThat(net.getParam("layer_Whor").stdNumber().doubleValue()).isZero();
        assertThat(net.getParam("layer_Wver").stdNumber().doubleValue()).isPositive();
    }

    @Test
    void initialisationOfAParameterThatHasNoneToChooseIsRefused() {
        CondConv2D.Builder builder = condConv().name("conv").weightInit("w", new WeightInitConstant(0.5));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CondConv2D \"conv\": weightInit of one parameter is w, allowed: [W, routingW]");
    }

    @Test
    void biasesStartAtBiasInit() {
        INDArray b = net(condConv().biasInit(0.25).build(), global()).getParam("layer_b");
        assertThat(b).isEqualTo(Nd4j.valueArrayOf(new long[] {EXPERTS, CHANNELS}, 0.25f));
    }
}
