package io.github.dl4jcondconv.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Kernels;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

class BackendReportTest {

    @Test
    void itIsOneLineThatEndsWithTheNumberOfThreads() {
        assertThat(BackendReport.line()).doesNotContain("\n").matches(".*; threads: [1-9][0-9]*");
    }

    @Test
    void aUserOfTheSlowClassifierIsToldTheFastOne() {
        assertThat(BackendReport.nd4j(false, "linux-x86_64"))
                .endsWith("add org.nd4j:nd4j-native:1.0.0-M2.1:linux-x86_64-onednn");
    }

    @Test
    void nothingIsAdvisedWhereNothingFasterExists() {
        assertThat(BackendReport.nd4j(false, "linux-arm64")).isEqualTo("without oneDNN");
    }

    @Test
    void switchedOffKernelsAreReportedWithTheProperty() {
        assertThat(Kernels.off(BackendReport::line)).contains("CPU kernels: off, by -Dcondconv.kernels=false");
    }

    @Test
    void withoutOneDnnTheReportNamesWhatComputesInstead() {
        assertThat(Kernels.on(() -> Kernels.withoutOneDnn(BackendReport::line)))
                .contains("CPU kernels: by BLAS and ND4J, oneDNN off, by -Dcondconv.dnnl=false");
    }

    /** The tests of kernels are skipped where there are none: that must not happen unseen. */
    @Test
    void kernelsAreAvailableWhereTheirLibraryIs() {
        String library = "/org/bytedeco/dnnl/" + Loader.getPlatform() + "/" + System.mapLibraryName("jnidnnl");
        boolean wanted = Boolean.parseBoolean(System.getProperty(OneDnn.KERNELS, "true"))
                && Boolean.parseBoolean(System.getProperty(OneDnn.DNNL, "true"));
        assertThat(OneDnn.isAvailable()).isEqualTo(wanted && getClass().getResource(library) != null);
    }

    @Test
    void switchedOffKernelsAreNotAvailable() {
        assertThat(Kernels.off(OneDnn::isAvailable)).isFalse();
    }
}
