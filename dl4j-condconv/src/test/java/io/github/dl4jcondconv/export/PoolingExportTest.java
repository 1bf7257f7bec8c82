package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PoolingExportTest {
    record Options(
            CNN2DFormat format,
            ConvolutionMode mode,
            int[] kernel,
            int stride,
            int dilation,
            int padding,
            boolean countPadding) {
        SubsamplingLayer.Builder builder(PoolingType type) {
            SubsamplingLayer.Builder builder = new SubsamplingLayer.Builder(type)
                    .kernelSize(kernel)
                    .stride(stride, stride)
                    .padding(padding, padding)
                    .dilation(dilation, dilation)
                    .convolutionMode(mode)
                    .dataFormat(format);
            builder.setAvgPoolIncludePadInDivisor(countPadding);
            return builder;
        }

        long[] shape() {
            return format == CNN2DFormat.NCHW ? new long[] {3, 13, 11} : new long[] {13, 11, 3};
        }
    }

    static List<Options> options() {
        List<Options> all = new ArrayList<>();
        int[] square = {3, 3};
        int[] oblong = {2, 3};
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (boolean countPadding : new boolean[] {false, true}) {
                for (int stride = 1; stride <= 3; stride++) {
                    all.add(new Options(format, ConvolutionMode.Truncate, square, stride, 1, 0, countPadding));
                    all.add(new Options(format, ConvolutionMode.Truncate, oblong, stride, 1, 1, countPadding));
                    all.add(new Options(format, ConvolutionMode.Same, square, stride, 1, 0, countPadding));
                    all.add(new Options(format, ConvolutionMode.Same, oblong, stride, 1, 0, countPadding));
                }
            }
        }
        return all;
    }

    static List<Options> dilatedOptions() {
        List<Options> all = new ArrayList<>();
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (int stride = 1; stride <= 2; stride++) {
                all.add(new Options(format, ConvolutionMode.Truncate, new int[] {3, 2}, stride, 2, 1, false));
                all.add(new Options(format, ConvolutionMode.Same, new int[] {3, 2}, stride, 2, 0, false));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource({"options", "dilatedOptions"})
    void maxPoolingAgrees(Options o) throws Exception {
        assertExports(Graphs.of(o.builder(PoolingType.MAX).build()), o.shape());
    }

    @ParameterizedTest
    @MethodSource("options")
    void averagePoolingAgrees(Options o) throws Exception {
        assertExports(Graphs.of(o.builder(PoolingType.AVG).build()), o.shape());
    }

    @ParameterizedTest
    @MethodSource("options")
    void pNormPoolingAgrees(Options o) throws Exception {
        assertExports(Graphs.of(o.builder(PoolingType.PNORM).pnorm(3).build()), o.shape());
    }

    @ParameterizedTest
    @EnumSource(PoolingType.class)
    void globalPoolingAgrees(PoolingType type) throws Exception {
        assertExports(Graphs.of(new GlobalPoolingLayer.Builder(type).build()), 3, 7, 5);
    }

    @ParameterizedTest
    @EnumSource(PoolingType.class)
    void globalPoolingThatKeepsDimensionsAgrees(PoolingType type) throws Exception {
        assertExports(
                Graphs.of(new GlobalPoolingLayer.Builder(type)
                        .collapseDimensions(false)
                        .build()),
                3,
                7,
                5);
    }
}
