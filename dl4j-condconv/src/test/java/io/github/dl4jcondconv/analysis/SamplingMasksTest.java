package io.github.dl4jcondconv.analysis;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.Sampling.Inference;
import io.github.dl4jcondconv.layers.SamplingMask;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

class SamplingMasksTest {
    private static final Sampling SAMPLING = Sampling.builder()
            .inference(Inference.DETERMINISTIC)
            .gridInterval(null)
            .build();

    /** A mask of its own and a layer that has one, of the same logits. */
    private static ComputationGraph net(CNN2DFormat format, boolean frozen) {
        SampledConv2D convolution = new SampledConv2D.Builder(3)
                .nOut(2)
                .stride(2)
                .padding(1)
                .sampling(SAMPLING)
                .build();
        GraphBuilder builder = SmallNets.global(DataType.FLOAT, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(7, 6, 2, format))
                .addLayer(
                        "mask",
                        new SamplingMask.Builder().stride(2).sampling(SAMPLING).build(),
                        "in")
                .addLayer("conv", frozen ? new FrozenLayer(convolution) : convolution, "in")
                .setOutputs("mask", "conv")
                .validateOutputLayerConfig(false);
        ComputationGraph net = SmallNets.built(builder);
        net.getParam("mask_W").assign(Nd4j.randn(DataType.FLOAT, 1, 2, 3, 3));
        net.getParam("mask_b").assign(0.2);
        net.getParam("conv_maskW").assign(net.getParam("mask_W"));
        net.getParam("conv_maskb").assign(0.2);
        return net;
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void aLayersOwnMaskIsThatOfAMaskWithItsWeights(CNN2DFormat format) {
        INDArray images = SmallNets.image(DataType.FLOAT, format, 3, 2, 7, 6);
        Map<String, INDArray> masks = SamplingMasks.of(net(format, false), images);
        assertThat(masks.get("conv")).isEqualTo(masks.get("mask"));
    }

    @Test
    void aFrozenLayersMaskIsFound() {
        INDArray images = SmallNets.image(DataType.FLOAT, CNN2DFormat.NCHW, 3, 2, 7, 6);
        assertThat(SamplingMasks.of(net(CNN2DFormat.NCHW, true), images)).containsOnlyKeys("mask", "conv");
    }

    @Test
    void densityIsTheShareOfSampledPositions() {
        ComputationGraph net = net(CNN2DFormat.NCHW, false);
        INDArray images = SmallNets.image(DataType.FLOAT, CNN2DFormat.NCHW, 3, 2, 7, 6);
        double mean = SamplingMasks.of(net, images).get("conv").meanNumber().doubleValue();
        // The mask is of zeros and ones; its mean is taken in FLOAT
        assertThat(SamplingMasks.densities(net, images).get("conv")).isCloseTo(mean, within(1e-6));
    }
}
