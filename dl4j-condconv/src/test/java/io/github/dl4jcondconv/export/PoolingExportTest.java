package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;
import static org.assertj.core.api.Assertions.assertThat;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PoolingExportTest {
    @TempDir
    Path directory;

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

    /** Sizes where Same would need less than no padding. */
    static List<Options> sparseOptions() {
        return List.of(
                new Options(CNN2DFormat.NCHW, ConvolutionMode.Same, new int[] {1, 1}, 2, 1, 0, false),
                new Options(CNN2DFormat.NCHW, ConvolutionMode.Same, new int[] {1, 1}, 4, 1, 0, false),
                new Options(CNN2DFormat.NCHW, ConvolutionMode.Same, new int[] {2, 1}, 5, 1, 0, false));
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
    @MethodSource({"options", "sparseOptions"})
    void maxPoolingAgrees(Options o) throws Exception {
        assertExports(Graphs.of(o.builder(PoolingType.MAX).build()), o.shape());
    }

    /** Not compared with DL4J, which ignores the dilation of a padded maximum when ND4J was built with oneDNN. */
    @ParameterizedTest
    @MethodSource("dilatedOptions")
    void dilatedMaxPoolingIsTheMaximumOverTheDilatedWindow(Options o) throws Exception {
        ComputationGraph graph = Graphs.of(o.builder(PoolingType.MAX).build());
        INDArray image = Agreement.examples(1, 1, o.shape())[0];
        Path file = directory.resolve("pool.onnx");
        OnnxExporter.export(graph, file);
        try (OnnxModel model = new OnnxModel(file)) {
            INDArray actual = model.output(List.of("in"), image).get("0");
            boolean nchw = o.format() == CNN2DFormat.NCHW;
            INDArray planes = (nchw ? image : image.permute(0, 3, 1, 2)).get(point(0));
            INDArray expected = maximum(planes, o);
            assertThat(nchw ? actual.get(point(0)) : actual.get(point(0)).permute(2, 0, 1))
                    .isEqualTo(expected);
        }
    }

    private static INDArray maximum(INDArray planes, Options o) {
        long[] size = {planes.size(1), planes.size(2)};
        long[] windows = new long[2];
        long[] before = new long[2];
        for (int axis = 0; axis < 2; axis++) {
            long extent = (o.kernel()[axis] - 1L) * o.dilation() + 1;
            if (o.mode() == ConvolutionMode.Same) {
                windows[axis] = (size[axis] + o.stride() - 1) / o.stride();
                before[axis] = ((windows[axis] - 1) * o.stride() + extent - size[axis]) / 2;
            } else {
                windows[axis] = (size[axis] + 2L * o.padding() - extent) / o.stride() + 1;
                before[axis] = o.padding();
            }
        }
        INDArray result = Nd4j.valueArrayOf(new long[] {planes.size(0), windows[0], windows[1]}, -9f, DataType.FLOAT);
        for (long c = 0; c < planes.size(0); c++) {
            for (long h = 0; h < windows[0]; h++) {
                for (long w = 0; w < windows[1]; w++) {
                    for (int i = 0; i < o.kernel()[0] * o.kernel()[1]; i++) {
                        long y = h * o.stride() - before[0] + (long) i / o.kernel()[1] * o.dilation();
                        long x = w * o.stride() - before[1] + (long) i % o.kernel()[1] * o.dilation();
                        if (y >= 0 && y < size[0] && x >= 0 && x < size[1]) {
                            result.putScalar(c, h, w, Math.max(result.getFloat(c, h, w), planes.getFloat(c, y, x)));
                        }
                    }
                }
            }
        }
        return result;
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
