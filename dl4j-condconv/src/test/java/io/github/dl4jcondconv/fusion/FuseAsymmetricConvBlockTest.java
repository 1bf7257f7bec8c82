package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.FusionAssertions.bound;
import static io.github.dl4jcondconv.fusion.Networks.CHANNELS;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static io.github.dl4jcondconv.fusion.Networks.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;

class FuseAsymmetricConvBlockTest {

    static List<Arguments> geometries() {
        List<Arguments> all = new ArrayList<>();
        for (int k : new int[] {3, 5}) {
            for (int stride : new int[] {1, 2, 3}) {
                for (int dilation : new int[] {1, 2}) {
                    all.add(Arguments.of(13, k, stride, dilation, ConvolutionMode.Same, 0));
                    all.add(Arguments.of(14, k, stride, dilation, ConvolutionMode.Same, 0));
                    for (int padding : new int[] {0, 1, k}) {
                        all.add(Arguments.of(13, k, stride, dilation, ConvolutionMode.Truncate, padding));
                    }
                }
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0}x{0} image, kernel {1}, stride {2}, dilation {3}, {4}, padding {5}")
    @MethodSource("geometries")
    void answersAsBefore(int size, int k, int stride, int dilation, ConvolutionMode mode, int padding) {
        AsymmetricConvBlock block = new AsymmetricConvBlock.Builder(k)
                .nOut(4)
                .stride(stride)
                .dilation(dilation)
                .convolutionMode(mode)
                .padding(padding)
                .eps(1e-3)
                .build();
        ComputationGraph graph = network(
                DataType.DOUBLE, InputType.convolutional(size, size, CHANNELS), b -> b.addLayer("block", block, "in")
                        .setOutputs("block"));
        INDArray images = Nd4j.randn(DataType.DOUBLE, 2, CHANNELS, size, size);
        assertThat(GraphFuser.fuse(graph).verify(images).maxRelative()).isLessThan(bound(graph));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void answersAsBeforeInEveryType(DataType type) {
        ComputationGraph graph =
                images(type, b -> b.addLayer("block", block(), "in").setOutputs("block"));
        assertFusesTo(graph, batch(graph), "block");
    }

    @Test
    void answersAsBeforeOnChannelsLastData() {
        ComputationGraph graph =
                network(DataType.DOUBLE, InputType.convolutional(7, 9, CHANNELS, CNN2DFormat.NHWC), b -> b.addLayer(
                                "block", block(), "in")
                        .setOutputs("block"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, 7, 9, CHANNELS), "block");
    }

    @Test
    void takesInAnActivationLayerAndANormalisationThatFollow() {
        ComputationGraph graph = images(b -> b.addLayer("block", block(), "in")
                .addLayer("bn", Networks.batchNorm(), "block")
                .addLayer("act", new ActivationLayer(Activation.ELU), "bn")
                .setOutputs("act"));
        assertFusesTo(graph, batch(graph), "act");
    }

    @Test
    void becomesAStockConvolution() {
        assertThat(fusedLayer(block()).getClass()).isEqualTo(ConvolutionLayer.class);
    }

    @Test
    void keepsItsActivation() {
        BaseLayer layer = fusedLayer(new AsymmetricConvBlock.Builder(3)
                .nOut(4)
                .activation(Activation.SWISH)
                .build());
        assertThat(layer.getActivationFn()).isEqualTo(Activation.SWISH.getActivationFunction());
    }

    @Test
    void keepsItsUpdater() {
        BaseLayer layer = fusedLayer(new AsymmetricConvBlock.Builder(3)
                .nOut(4)
                .updater(new Sgd(0.25))
                .build());
        assertThat(layer.getIUpdater()).isEqualTo(new Sgd(0.25));
    }

    @Test
    void keepsItsRegularization() {
        BaseLayer layer =
                fusedLayer(new AsymmetricConvBlock.Builder(3).nOut(4).l2(0.5).build());
        assertThat(layer.getRegularization()).containsExactly(new L2Regularization(0.5));
    }

    @Test
    void keepsItsWeightConstraintOnTheSum() {
        BaseLayer layer = fusedLayer(new AsymmetricConvBlock.Builder(3)
                .nOut(4)
                .constrainWeights(new MaxNormConstraint(1, 1))
                .build());
        assertThat(layer.getConstraints().get(0).getParams()).containsExactly("W");
    }

    @Test
    void aFrozenBlockStaysFrozen() {
        ComputationGraph graph =
                images(b -> b.addLayer("block", new FrozenLayer(block()), "in").setOutputs("block"));
        assertThat(GraphFuser.fuse(graph).graph().getLayer("block"))
                .isInstanceOf(org.deeplearning4j.nn.layers.FrozenLayer.class);
    }

    private static AsymmetricConvBlock block() {
        return new AsymmetricConvBlock.Builder(3).nOut(4).build();
    }

    private static BaseLayer fusedLayer(AsymmetricConvBlock block) {
        ComputationGraph graph = images(b -> b.addLayer("block", block, "in").setOutputs("block"));
        return (BaseLayer)
                GraphFuser.fuse(graph).graph().getLayer("block").conf().getLayer();
    }
}
