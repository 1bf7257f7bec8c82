package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.FusionAssertions.assertStays;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.SampledResidualBlock;
import io.github.dl4jcondconv.layers.SampledResidualBlock.MaskUse;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.SamplingMask;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Masks here have random weights and no grid, so that they leave out about half of all positions, in places many. */
class FoldIntoSampledKernelTest {
    private static final Sampling SAMPLING =
            Sampling.builder().gridInterval(null).build();

    @Test
    void vanishesBetweenAMaskedConvolutionAndItsInterpolation() {
        ComputationGraph graph = masked(true, b -> {
            b.addLayer("bn", batchNorm(), "conv").addLayer("relu", new ActivationLayer(Activation.RELU), "bn");
            interpolate(b, "fill", "relu", "mask");
            b.setOutputs("fill");
        });
        assertFusesTo(graph, batch(graph), "mask", "relu", "fill");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void vanishesBeforeA1x1ConvolutionWithTheSameMask(boolean hasBias) {
        ComputationGraph graph = masked(hasBias, b -> {
            b.addLayer("bn", batchNorm(), "conv");
            addMasked(b, "point", 1, hasBias, "bn", "mask");
            b.addLayer("bn2", batchNorm(), "point");
            interpolate(b, "fill", "bn2", "mask");
            b.setOutputs("fill");
        });
        assertFusesTo(graph, batch(graph), "mask", "bn", "bn2", "fill");
    }

    @Test
    void staysBeforeA3x3Convolution() {
        ComputationGraph graph = masked(true, b -> {
            b.addLayer("bn", batchNorm(), "conv");
            addMasked(b, "wide", 3, true, "bn", "mask");
            interpolate(b, "fill", "wide", "mask");
            b.setOutputs("fill");
        });
        assertStays(
                graph,
                batch(graph),
                "bn",
                "what it adds at the positions that \"conv\" leaves out is seen by \"wide\"");
    }

    @Test
    void staysBeforeAnInterpolationWithAnotherMask() {
        ComputationGraph graph = masked(true, b -> {
            b.addLayer("mask2", mask(), "in").addLayer("bn", batchNorm(), "conv");
            interpolate(b, "fill", "bn", "mask2");
            b.setOutputs("fill");
        });
        assertStays(graph, batch(graph), "bn", "is seen by \"fill\"");
    }

    @Test
    void staysWhereTheNormalisedImageIsAnOutput() {
        ComputationGraph graph =
                masked(true, b -> b.addLayer("bn", batchNorm(), "conv").setOutputs("bn"));
        assertStays(graph, batch(graph), "bn", "is seen by \"bn\"");
    }

    @Test
    void aFactorVanishesWhoeverSeesIt() {
        ComputationGraph graph = masked(
                false, b -> b.addVertex("scale", new ScaleVertex(1.5), "conv").setOutputs("scale"));
        assertFusesTo(graph, batch(graph), "mask", "scale");
    }

    @Test
    void aFactorVanishesIntoASampledConvolution() {
        ComputationGraph graph = sampled(b -> b.addVertex("scale", new ScaleVertex(1.5), "conv"), "scale");
        assertFusesTo(graph, batch(graph), "scale");
    }

    @Test
    void aNormalisationStaysBehindTheInterpolationOfASampledConvolution() {
        ComputationGraph graph = sampled(b -> b.addLayer("bn", batchNorm(), "conv"), "bn");
        assertStays(graph, batch(graph), "bn", "cannot move before the interpolation in \"conv\"");
    }

    @ParameterizedTest
    @EnumSource(MaskUse.class)
    void aResidualBlockKeepsOnlyItsLastNormalisation(MaskUse masks) {
        ComputationGraph graph = residual(DataType.DOUBLE, masks);
        FusionResult fused = GraphFuser.fuse(graph);
        assertThat(fused.report().stayed()).containsOnlyKeys("block-bn3");
        assertThat(fused.verify(batch(graph)).maxRelative()).isLessThan(1e-12);
    }

    @Test
    void aResidualBlockInSinglePrecisionKeepsItsAnswer() {
        ComputationGraph graph = residual(DataType.FLOAT, MaskUse.FIRST_AND_REST);
        assertThat(GraphFuser.fuse(graph).verify(batch(graph)).maxRelative()).isLessThan(1e-5);
    }

    private static ComputationGraph residual(DataType type, MaskUse masks) {
        return images(type, b -> {
            b.addLayer("entrance", convolution(3, 4), "in");
            SampledResidualBlock.bottleneck(2)
                    .withMasks(masks)
                    .withStride(2)
                    .withProjection(true)
                    .withSampling(SAMPLING)
                    .addTo(b, "block", "entrance");
            b.setOutputs("block");
        });
    }

    private static ComputationGraph sampled(Consumer<GraphBuilder> body, String output) {
        return images(b -> {
            b.addLayer(
                    "conv",
                    new SampledConv2D.Builder(3).nOut(4).sampling(SAMPLING).build(),
                    "in");
            body.accept(b);
            b.setOutputs(output);
        });
    }

    private static ComputationGraph masked(boolean hasBias, Consumer<GraphBuilder> body) {
        return images(b -> {
            b.addLayer("mask", mask(), "in");
            addMasked(b, "conv", 3, hasBias, "in", "mask");
            body.accept(b);
        });
    }

    private static SamplingMask mask() {
        return new SamplingMask.Builder().sampling(SAMPLING).build();
    }

    private static void addMasked(
            GraphBuilder builder, String name, int kernel, boolean hasBias, String features, String mask) {
        MultiInputVertex.addLayer(
                builder,
                name,
                new MaskedConv2D.Builder(kernel).nOut(4).hasBias(hasBias).build(),
                features,
                mask);
    }

    private static void interpolate(GraphBuilder builder, String name, String features, String mask) {
        MultiInputVertex.addLayer(builder, name, new Interpolation.Builder().build(), features, mask);
    }
}
