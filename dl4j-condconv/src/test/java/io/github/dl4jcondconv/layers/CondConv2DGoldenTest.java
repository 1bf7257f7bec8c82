package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testdata.GoldenCase;
import io.github.dl4jcondconv.testdata.TestData;
import io.github.dl4jcondconv.testing.GoldenRun;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CondConv2DGoldenTest {
    static Stream<GoldenRun> cases() {
        return GoldenRun.all(
                TestData.goldenNames("condconv2d").stream().map(name -> TestData.golden("condconv2d", name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithLibtorch(GoldenRun run) {
        GoldenCase golden = run.golden();
        CondConv2D layer = run.configure(new CondConv2D.Builder(golden.integers("kernel")))
                .numExperts(Integer.parseInt(golden.setting("experts")))
                .hasBias(Boolean.parseBoolean(golden.setting("hasBias")))
                .build();
        run.assertAgrees(layer, true);
    }
}
