package io.github.dl4jcondconv.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.OwnJvm;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class BlasCoreTest {
    /** What another JVM runs. */
    static final class Report {
        private Report() {}

        public static void main(String[] arguments) {
            System.out.println(BlasCore.chosen().orElse("none"));
        }
    }

    static boolean isX86() {
        return Loader.getPlatform().endsWith("-x86_64") && !Loader.getPlatform().startsWith("windows");
    }

    @Test
    @EnabledIf("isX86")
    void itIsWhatTheEnvironmentAsksFor() {
        assertThat(OwnJvm.run(Report.class, List.of("-Xmx256m"), Map.of("OPENBLAS_CORETYPE", "Nehalem")))
                .isEqualTo("Nehalem");
    }

    @Test
    void oldCodeOnANewProcessorComesWithWhatToSet() {
        assertThat(BlasCore.describe("Barcelona", 3)).endsWith("set OPENBLAS_CORETYPE=SkylakeX in the environment");
    }

    @Test
    void codeForAvx512IsNotAdvisedWithoutIt() {
        assertThat(BlasCore.describe("Barcelona", 2)).endsWith("set OPENBLAS_CORETYPE=Haswell in the environment");
    }

    @Test
    void nothingIsAdvisedWhereTheCodeFitsTheProcessor() {
        assertThat(BlasCore.describe("Zen", 2)).isEqualTo("OpenBLAS for Zen");
    }
}
