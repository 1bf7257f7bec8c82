package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testdata.GoldenCase;
import io.github.dl4jcondconv.testing.GoldenRun;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** Conditional layers, in both ways of mixing, and routers against libtorch. */
class CondConvGoldenTest {
    static Stream<Arguments> condConv2D() {
        return inBothWays("condconv2d");
    }

    static Stream<Arguments> depthwiseCondConv2D() {
        return inBothWays("depthwise-condconv2d");
    }

    static Stream<Arguments> condDense() {
        return inBothWays("cond-dense");
    }

    static Stream<GoldenRun> router() {
        return GoldenRun.all("router");
    }

    private static Stream<Arguments> inBothWays(String layer) {
        return GoldenRun.all(layer)
                .flatMap(run -> Stream.of(Mixing.KERNELS, Mixing.OUTPUTS).map(mixing -> Arguments.of(run, mixing)));
    }

    @ParameterizedTest
    @MethodSource
    void condConv2D(GoldenRun run, Mixing mixing) {
        GoldenCase golden = run.golden();
        CondConv2D layer = run.configure(new CondConv2D.Builder(golden.integers("kernel")))
                .numExperts(golden.integers("experts")[0])
                .hasBias(Boolean.parseBoolean(golden.setting("hasBias")))
                .mixing(mixing)
                .build();
        run.assertAgrees(layer, true);
    }

    @ParameterizedTest
    @MethodSource
    void depthwiseCondConv2D(GoldenRun run, Mixing mixing) {
        GoldenCase golden = run.golden();
        DepthwiseCondConv2D layer = run.configure(new DepthwiseCondConv2D.Builder(golden.integers("kernel")))
                .depthMultiplier(golden.integers("multiplier")[0])
                .numExperts(golden.integers("experts")[0])
                .hasBias(Boolean.parseBoolean(golden.setting("hasBias")))
                .mixing(mixing)
                .build();
        run.assertAgrees(layer, true);
    }

    @ParameterizedTest
    @MethodSource
    void condDense(GoldenRun run, Mixing mixing) {
        GoldenCase golden = run.golden();
        CondDense layer = new CondDense.Builder()
                .nOut(golden.tensor("output").shape()[1])
                .numExperts(golden.integers("experts")[0])
                .hasBias(Boolean.parseBoolean(golden.setting("hasBias")))
                .routing(routing(golden))
                .mixing(mixing)
                .activation(Activation.valueOf(golden.setting("activation")))
                .build();
        run.assertAgrees(layer, true);
    }

    @ParameterizedTest
    @MethodSource
    void router(GoldenRun run) {
        GoldenCase golden = run.golden();
        Router layer = new Router.Builder()
                .numExperts(golden.integers("experts")[0])
                .previousExperts(golden.integers("previousExperts")[0])
                .routing(routing(golden))
                .build();
        run.assertAgrees(layer, true);
    }

    private static Routing routing(GoldenCase golden) {
        double temperature = Double.parseDouble(golden.setting("temperature"));
        double ratio = Double.parseDouble(golden.setting("hiddenRatio"));
        return new Routing(Routing.Function.valueOf(golden.setting("routing")), temperature, ratio, 1);
    }
}
