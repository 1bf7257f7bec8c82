package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

class ConvolutionExportTest {
    @TempDir
    Path directory;

    record Options(
            CNN2DFormat format,
            ConvolutionMode mode,
            int kernelHeight,
            int kernelWidth,
            int stride,
            int dilation,
            int padding,
            boolean bias) {
        <B extends ConvolutionLayer.BaseConvBuilder<B>> B on(B builder) {
            return builder.kernelSize(kernelHeight, kernelWidth)
                    .stride(stride, stride)
                    .dilation(dilation, dilation)
                    .padding(padding, padding)
                    .convolutionMode(mode)
                    .hasBias(bias)
                    .activation(Activation.TANH);
        }

        <B extends Convolution2DBlock.Builder<B>> B on(B builder) {
            return builder.kernelSize(kernelHeight, kernelWidth)
                    .stride(stride)
                    .dilation(dilation)
                    .padding(padding)
                    .convolutionMode(mode)
                    .dataFormat(format)
                    .activation(Activation.TANH)
                    .nIn(3)
                    .nOut(4);
        }

        long[] shape() {
            return format == CNN2DFormat.NCHW ? new long[] {3, 13, 11} : new long[] {13, 11, 3};
        }
    }

    static List<Options> options() {
        List<Options> all = new ArrayList<>();
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (ConvolutionMode mode : new ConvolutionMode[] {ConvolutionMode.Truncate, ConvolutionMode.Same}) {
                for (int stride = 1; stride <= 2; stride++) {
                    for (int dilation = 1; dilation <= 2; dilation++) {
                        all.add(new Options(format, mode, 3, 3, stride, dilation, 0, true));
                        all.add(new Options(format, mode, 2, 3, stride, dilation, 0, false));
                        if (mode == ConvolutionMode.Truncate) {
                            all.add(new Options(format, mode, 3, 2, stride, dilation, 1, true));
                        }
                    }
                }
                all.add(new Options(format, mode, 1, 1, 1, 1, 0, true));
                all.add(new Options(format, mode, 1, 1, 2, 1, 0, true));
            }
            all.add(new Options(format, ConvolutionMode.Strict, 3, 3, 2, 1, 0, true));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("options")
    void convolutionAgrees(Options o) throws Exception {
        assertExports(
                Graphs.of(o.on(new ConvolutionLayer.Builder())
                        .dataFormat(o.format())
                        .nIn(3)
                        .nOut(4)
                        .build()),
                o.shape());
    }

    @ParameterizedTest
    @MethodSource("options")
    void depthwiseConvolutionAgrees(Options o) throws Exception {
        assertExports(
                Graphs.of(o.on(new DepthwiseConvolution2D.Builder())
                        .depthMultiplier(2)
                        .dataFormat(o.format())
                        .nIn(3)
                        .nOut(6)
                        .build()),
                o.shape());
    }

    @ParameterizedTest
    @MethodSource("options")
    void separableConvolutionAgrees(Options o) throws Exception {
        assertExports(
                Graphs.of(o.on(new SeparableConvolution2D.Builder())
                        .depthMultiplier(2)
                        .dataFormat(o.format())
                        .nIn(3)
                        .nOut(4)
                        .build()),
                o.shape());
    }

    @ParameterizedTest
    @MethodSource("options")
    void condConvAgrees(Options o) throws Exception {
        assertExports(
                Graphs.of(o.on(new CondConv2D.Builder())
                        .numExperts(3)
                        .hasBias(o.bias())
                        .build()),
                o.shape());
    }

    static Stream<Options> sameOptions() {
        return options().stream().filter(o -> o.mode() == ConvolutionMode.Same);
    }

    /** A router that always answers sigmoid(routingb) makes a plain convolution with the mixed kernel. */
    @ParameterizedTest
    @MethodSource("sameOptions")
    void condConvWithAConstantRouterIsAPlainConvolution(Options o) throws Exception {
        ComputationGraph mixture = Graphs.of(
                o.on(new CondConv2D.Builder()).numExperts(2).hasBias(false).build());
        ComputationGraph plain = Graphs.of(o.on(new ConvolutionLayer.Builder())
                .hasBias(false)
                .dataFormat(o.format())
                .nIn(3)
                .nOut(4)
                .build());
        mixture.getLayer("0").getParam("routingW").assign(0);
        INDArray experts = mixture.getLayer("0").getParam("W");
        plain.getLayer("0").getParam("W").assign(experts.sum(0).mul(0.5));
        INDArray[] images = Agreement.examples(2, 1, o.shape());
        Path file = directory.resolve("mixture.onnx");
        OnnxExporter.export(mixture, file);
        try (OnnxModel model = new OnnxModel(file)) {
            INDArray mixed = model.output(List.of("in"), images).get("0");
            assertThat(Agreement.difference(plain.outputSingle(images), mixed)).isLessThan(Agreement.TOLERANCE);
        }
    }

    static Stream<Options> squareOptions() {
        return options().stream().filter(o -> o.kernelHeight() == 3 && o.kernelWidth() == 3);
    }

    @ParameterizedTest
    @MethodSource("squareOptions")
    void asymmetricConvBlockAgrees(Options o) throws Exception {
        assertExports(Graphs.of(o.on(new AsymmetricConvBlock.Builder()).build()), o.shape());
    }

    @ParameterizedTest
    @MethodSource("options")
    void deconvolutionAgrees(Options o) throws Exception {
        assertExports(
                Graphs.of(o.on(new Deconvolution2D.Builder())
                        .dataFormat(o.format())
                        .nIn(3)
                        .nOut(4)
                        .build()),
                o.shape());
    }
}
