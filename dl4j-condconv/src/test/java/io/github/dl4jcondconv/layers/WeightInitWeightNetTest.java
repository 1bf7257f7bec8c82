package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitConstant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class WeightInitWeightNetTest {
    private static final InputType IMAGE = InputType.convolutional(4, 4, 64);

    private static double deviation(ComputationGraph net, String parameter) {
        return net.getParam("layer_" + parameter).stdNumber(false).doubleValue();
    }

    @ParameterizedTest
    @CsvSource({"reduceW, 64", "fc1W, 16", "fc2W, 288"})
    void weightsStartWithADeviationOfOneOverTheirFanIn(String parameter, double fanIn) {
        // fc2W: 64 * 3 * 3 weights of a filter are made in g = 2 slices
        ComputationGraph net =
                SmallNets.alone(new WeightNetConv2D.Builder(3, 3).nOut(32).build(), DataType.FLOAT, IMAGE);
        // 1024 draws or more know their deviation to 1 / sqrt(2 * 1024) = 2.2 %: four times that
        assertThat(deviation(net, parameter)).isCloseTo(1 / fanIn, within(0.09 / fanIn));
    }

    @Test
    void aDepthwiseKernelsFanInIsItsWindow() {
        ComputationGraph net =
                SmallNets.alone(new DepthwiseWeightNetConv2D.Builder(3, 3).build(), DataType.FLOAT, IMAGE);
        // 576 draws: four times 3 %
        assertThat(deviation(net, "fc2W")).isCloseTo(1.0 / 9, within(0.12 / 9));
    }

    @Test
    void aLayersOwnInitialisationWins() {
        ComputationGraph net = SmallNets.alone(
                new KernelContext.Builder()
                        .weightInit(new WeightInitConstant(0.5))
                        .build(),
                DataType.FLOAT,
                IMAGE);
        assertThat(net.getParam("layer_reduceW").meanNumber().doubleValue()).isEqualTo(0.5);
    }

    @Test
    void everyDepthwiseExpertStartsByItsOwnWindow() {
        ComputationGraph net = SmallNets.alone(
                new DepthwiseCondConv2D.Builder(3, 3)
                        .numExperts(4)
                        .weightInit(WeightInit.RELU)
                        .build(),
                DataType.FLOAT,
                IMAGE);
        double he = Math.sqrt(2.0 / 9);
        // 2304 draws: four times 1.5 %
        assertThat(deviation(net, "W")).isCloseTo(he, within(0.06 * he));
    }
}
