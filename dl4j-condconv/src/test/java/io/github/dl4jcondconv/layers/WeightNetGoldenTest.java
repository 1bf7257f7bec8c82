package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testdata.GoldenCase;
import io.github.dl4jcondconv.testing.GoldenRun;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** WeightNet's convolutions and squeeze-and-excitation against libtorch. */
class WeightNetGoldenTest {
    static Stream<GoldenRun> weightNetConv2D() {
        return GoldenRun.all("weightnet-conv2d");
    }

    static Stream<GoldenRun> depthwiseWeightNetConv2D() {
        return GoldenRun.all("depthwise-weightnet-conv2d");
    }

    static Stream<GoldenRun> squeezeExcitation() {
        return GoldenRun.all("squeeze-excitation");
    }

    @ParameterizedTest
    @MethodSource
    void weightNetConv2D(GoldenRun run) {
        int[] kernel = run.golden().integers("kernel");
        run.assertAgrees(configure(run, new WeightNetConv2D.Builder(kernel)).build(), true);
    }

    @ParameterizedTest
    @MethodSource
    void depthwiseWeightNetConv2D(GoldenRun run) {
        int[] kernel = run.golden().integers("kernel");
        run.assertAgrees(
                configure(run, new DepthwiseWeightNetConv2D.Builder(kernel)).build(), true);
    }

    private static <T extends WeightNetBlock.Builder<T>> T configure(GoldenRun run, T builder) {
        GoldenCase golden = run.golden();
        return run.configure(builder)
                .m(golden.integers("m")[0])
                .g(golden.integers("g")[0])
                .contextSize(golden.integers("contextSize")[0])
                .sharedContext(Boolean.parseBoolean(golden.setting("sharedContext")));
    }

    @ParameterizedTest
    @MethodSource
    void squeezeExcitation(GoldenRun run) {
        SqueezeExcitation layer = new SqueezeExcitation.Builder()
                .reductionRatio(run.golden().integers("ratio")[0])
                .hiddenActivation(Activation.valueOf(run.golden().setting("hiddenActivation")))
                .build();
        run.assertAgrees(layer, true);
    }
}
