package io.github.dl4jcondconv.onednn;

import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Which code computes the layers of networks in this process. */
public final class BackendReport {
    /** Platforms for which ND4J is published with oneDNN. */
    private static final List<String> ND4J_WITH_ONEDNN = List.of("linux-x86_64", "macosx-x86_64", "windows-x86_64");

    private BackendReport() {}

    /**
     * One line: ND4J's backend, its BLAS, our kernels, their threads, and what to add or to set where a faster build or
     * faster code of it exists.
     */
    public static String line() {
        if (!Nd4j.getEnvironment().isCPU()) {
            return "ND4J: not a CPU backend; CPU kernels: " + OneDnn.status();
        }
        return "ND4J: CPU, " + nd4j(hasOneDnn(), Loader.getPlatform()) + "; BLAS: " + blas() + "; CPU kernels: "
                + kernels() + "; threads: " + OneDnn.threads();
    }

    /** What multiplies matrices, and what to set where this processor could do it faster. */
    public static String blas() {
        return BlasCore.report();
    }

    private static String kernels() {
        boolean portable = OneDnn.isWanted() && !OneDnn.isAvailable();
        return portable ? "by BLAS and ND4J, oneDNN " + OneDnn.status() : OneDnn.status();
    }

    static String nd4j(boolean oneDnn, String platform) {
        if (oneDnn) {
            return "with oneDNN";
        }
        return ND4J_WITH_ONEDNN.contains(platform)
                ? "without oneDNN, which makes convolutions several times slower: add org.nd4j:nd4j-native:1.0.0-M2.1:"
                        + platform + "-onednn"
                : "without oneDNN";
    }

    private static boolean hasOneDnn() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps().buildInfo().contains("HAVE_ONEDNN");
    }
}
