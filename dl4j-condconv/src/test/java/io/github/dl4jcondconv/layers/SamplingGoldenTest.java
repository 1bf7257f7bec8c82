package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.layers.Interpolation.Method;
import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.testdata.GoldenCase;
import io.github.dl4jcondconv.testing.GoldenRun;
import io.github.dl4jcondconv.testing.Kernels;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Masks, interpolation and sampled convolutions against libtorch. */
class SamplingGoldenTest {
    static Stream<GoldenRun> samplingMask() {
        return GoldenRun.all("sampling-mask");
    }

    static Stream<GoldenRun> interpolation() {
        return GoldenRun.all("interpolation");
    }

    static Stream<GoldenRun> interpolationAtInference() {
        return interpolation();
    }

    static Stream<GoldenRun> sampledConv2D() {
        return GoldenRun.all("sampled-conv2d");
    }

    static Stream<GoldenRun> maskedConv2D() {
        return GoldenRun.all("masked-conv2d");
    }

    static Stream<GoldenRun> maskedConv2DComputedSparsely() {
        return maskedConv2D();
    }

    @ParameterizedTest
    @MethodSource
    void samplingMask(GoldenRun run) {
        GoldenCase golden = run.golden();
        SamplingMask layer = new SamplingMask.Builder()
                .stride(golden.integers("stride"))
                .padding(golden.integers("padding"))
                .convolutionMode(ConvolutionMode.valueOf(golden.setting("mode")))
                .sampling(sampling(golden))
                .build();
        run.assertAgrees(layer, true);
    }

    @ParameterizedTest
    @MethodSource
    void interpolation(GoldenRun run) {
        run.assertAgrees(interpolation(run.golden()), true);
    }

    @ParameterizedTest
    @MethodSource
    void interpolationAtInference(GoldenRun run) {
        Kernels.alwaysSparse(() -> run.assertAgrees(interpolation(run.golden()), false));
    }

    @ParameterizedTest
    @MethodSource
    void sampledConv2D(GoldenRun run) {
        GoldenCase golden = run.golden();
        SampledConv2D layer = run.configure(new SampledConv2D.Builder(golden.integers("kernel")))
                .hasBias(Boolean.parseBoolean(golden.setting("hasBias")))
                .sampling(sampling(golden))
                .interpolation(Method.valueOf(golden.setting("interpolation")))
                .window(golden.integers("window")[0])
                .build();
        run.assertAgrees(layer, true);
    }

    @ParameterizedTest
    @MethodSource
    void maskedConv2D(GoldenRun run) {
        Kernels.off(() -> run.assertAgrees(maskedConvolution(run), false));
    }

    @ParameterizedTest
    @MethodSource
    void maskedConv2DComputedSparsely(GoldenRun run) {
        Kernels.alwaysSparse(() -> run.assertAgrees(maskedConvolution(run), false));
    }

    private static Interpolation interpolation(GoldenCase golden) {
        return new Interpolation.Builder(Method.valueOf(golden.setting("interpolation")))
                .window(golden.integers("window")[0])
                .activation(Activation.IDENTITY)
                .build();
    }

    private static MaskedConv2D maskedConvolution(GoldenRun run) {
        return run.configure(new MaskedConv2D.Builder(run.golden().integers("kernel")))
                .hasBias(Boolean.parseBoolean(run.golden().setting("hasBias")))
                .build();
    }

    private static Sampling sampling(GoldenCase golden) {
        int grid = golden.integers("grid")[0];
        return Sampling.builder()
                .gate(Gate.DETERMINISTIC)
                .temperature(new FixedSchedule(Double.parseDouble(golden.setting("temperature"))))
                .gridInterval(grid == 0 ? null : grid)
                .build();
    }
}
