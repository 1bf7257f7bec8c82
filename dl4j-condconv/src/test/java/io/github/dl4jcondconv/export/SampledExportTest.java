package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.SampledResidualBlock;
import io.github.dl4jcondconv.layers.SampledResidualBlock.MaskUse;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.layers.Sampling.Inference;
import io.github.dl4jcondconv.layers.SamplingMask;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** Masks, sampled convolutions and interpolation. */
class SampledExportTest {
    private static final String SEEDS = "io.github.dl4jcondconv.export.RandomLayers#seeds";

    @TempDir
    Path directory;

    private static Sampling sampling(RandomLayers draw) {
        Gate gate = draw.any(Gate.values());
        return Sampling.builder()
                .gate(gate)
                .inference(Inference.DETERMINISTIC)
                .gridInterval(gate == Gate.UNIFORM || draw.flag() ? draw.upTo(4) : null)
                .softInference(draw.flag())
                .denseFrom(gate == Gate.UNIFORM || draw.flag() ? null : 0.5)
                .build();
    }

    private static Interpolation interpolation(RandomLayers draw) {
        return new Interpolation.Builder(draw.any(Interpolation.Method.values()))
                .window(draw.any(3, 5, 7))
                .build();
    }

    /** A mask, a masked convolution and an interpolation, each its own vertex, and a mask that is a network's output. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void masksOfTheirOwnAgree(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        int stride = draw.upTo(2);
        var graph = draw.graph()
                .addLayer(
                        "mask",
                        new SamplingMask.Builder()
                                .stride(stride)
                                .sampling(sampling(draw))
                                .build(),
                        "in");
        MultiInputVertex.addLayer(
                graph,
                "conv",
                new MaskedConv2D.Builder(draw.any(1, 3))
                        .stride(stride)
                        .convolutionMode(ConvolutionMode.Same)
                        .hasBias(draw.flag())
                        .nOut(3)
                        .build(),
                "in",
                "mask");
        MultiInputVertex.addLayer(graph, "filled", interpolation(draw), "conv", "mask");
        assertExports(Graphs.init(graph.setOutputs("filled", "mask")), draw.shape());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void sampledConvolutionAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        SampledConv2D layer = new SampledConv2D.Builder(draw.any(1, 3, 5))
                .stride(draw.upTo(2))
                .padding(draw.upTo(3) - 1)
                .convolutionMode(ConvolutionMode.Truncate)
                .nOut(3)
                .sampling(sampling(draw))
                .interpolation(draw.any(Interpolation.Method.values()))
                .build();
        draw.assertExports(layer);
    }

    /** Without parameters the window needs no middle. */
    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void aUniformMaskOfAnEvenWindowAgrees(CNN2DFormat format) throws Exception {
        SampledConv2D layer = new SampledConv2D.Builder(2, 3)
                .stride(2)
                .dilation(3, 1)
                .nIn(3)
                .nOut(2)
                .dataFormat(format)
                .sampling(Sampling.builder().gate(Gate.UNIFORM).gridInterval(3).build())
                .activation(Activation.TANH)
                .build();
        assertExports(Graphs.of(layer), format == CNN2DFormat.NCHW ? new long[] {3, 11, 10} : new long[] {11, 10, 3});
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void dilatedSampledConvolutionInSameModeAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        SampledConv2D layer = draw.window(new SampledConv2D.Builder(3))
                .convolutionMode(ConvolutionMode.Same)
                .nOut(3)
                .sampling(sampling(draw))
                .build();
        draw.assertExports(layer);
    }

    @ParameterizedTest
    @EnumSource(MaskUse.class)
    void sampledResidualBlocksAgree(MaskUse masks) throws Exception {
        RandomLayers draw = new RandomLayers(masks.ordinal());
        var graph = draw.graph();
        SampledResidualBlock.bottleneck(2)
                .withMasks(masks)
                .withStride(2)
                .withProjection(true)
                .withSampling(sampling(draw))
                .addTo(graph, "block", "in");
        assertExports(Graphs.init(graph.setOutputs("block")), draw.shape());
    }

    private static ComputationGraph sampled(Inference inference) {
        SampledConv2D layer = new SampledConv2D.Builder(3)
                .nIn(3)
                .nOut(4)
                .activation(Activation.TANH)
                .sampling(Sampling.builder().inference(inference).build())
                .build();
        ComputationGraph graph = Graphs.of(layer);
        Agreement.randomize(graph, 1);
        return graph;
    }

    @Test
    void masksThatAreSampledAtInferenceAreRefused() {
        assertThatThrownBy(() -> OnnxExporter.export(sampled(Inference.SAMPLED), directory.resolve("sampled.onnx")))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContainingAll("\"0\"", "SAMPLED", "withDeterministicSampling");
    }

    @Test
    void deterministicSamplingExportsTheDeterministicForm() throws Exception {
        Path file = directory.resolve("sampled.onnx");
        OnnxExporter.export(sampled(Inference.SAMPLED), file, OnnxOptions.DEFAULT.withDeterministicSampling(true));
        try (OnnxModel model = new OnnxModel(file)) {
            assertThat(Agreement.difference(sampled(Inference.DETERMINISTIC), model, Agreement.examples(3, 1, 3, 9, 8)))
                    .isLessThan(Agreement.TOLERANCE);
        }
    }
}
