package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

class ConvolutionExportTest {
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
                Graphs.of(o.on(new ConvolutionLayer.Builder()).dataFormat(o.format()).nIn(3).nOut(4).build()), o.shape());
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
    void deconvolutionAgrees(Options o) throws Exception {
        assertExports(
                Graphs.of(o.on(new Deconvolution2D.Builder()).dataFormat(o.format()).nIn(3).nOut(4).build()), o.shape());
    }
}
