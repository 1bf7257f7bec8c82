package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testdata.GoldenCase;
import io.github.dl4jcondconv.testdata.TestData;
import io.github.dl4jcondconv.testing.GoldenRun;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AsymmetricConvBlockGoldenTest {
    private static final String LAYER = "asymmetric-conv-block";

    static Stream<GoldenRun> cases() {
        return GoldenRun.all(TestData.goldenNames(LAYER).stream().map(name -> TestData.golden(LAYER, name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithLibtorch(GoldenRun run) {
        GoldenCase golden = run.golden();
        AsymmetricConvBlock layer = run.configure(new AsymmetricConvBlock.Builder(golden.integers("kernel")))
                .eps(Double.parseDouble(golden.setting("eps")))
                .decay(Double.parseDouble(golden.setting("decay")))
                .build();
        run.assertAgrees(layer, Boolean.parseBoolean(golden.setting("training")));
    }
}
