package io.github.dl4jcondconv.onednn;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The processor that OpenBLAS, which multiplies all of ND4J's matrices, has chosen its code for. It goes by the models
 * that it knows: to one that is newer it gives old code.
 */
final class BlasCore {
    /** What an x86 processor can compute with, as ND4J counts it. */
    private static final int OLDER = 1;

    private static final int AVX2 = 2;
    private static final int AVX512 = 3;

    /** What OpenBLAS calls its code for x86 processors, and the instructions that it takes. */
    private static final Map<String, Integer> LEVELS = Map.ofEntries(
            Map.entry("Prescott", OLDER),
            Map.entry("Core2", OLDER),
            Map.entry("Nehalem", OLDER),
            Map.entry("Barcelona", OLDER),
            Map.entry("Sandybridge", OLDER),
            Map.entry("Bulldozer", OLDER),
            Map.entry("Piledriver", OLDER),
            Map.entry("Steamroller", OLDER),
            Map.entry("Excavator", OLDER),
            Map.entry("Haswell", AVX2),
            Map.entry("Zen", AVX2),
            Map.entry("SkylakeX", AVX512),
            Map.entry("Cooperlake", AVX512));

    private BlasCore() {}

    /** OpenBLAS's name of it; empty for another BLAS, a build for one processor only, or one of no x86. */
    static Optional<String> chosen() {
        Nd4j.getEnvironment();
        Loader.load(openblas_nolapack.class);
        Pointer table = Loader.addressof("gotoblas");
        if (table == null || Loader.sizeof(Pointer.class) != Long.BYTES) {
            return Optional.empty();
        }
        long used = new LongPointer(table).get();
        return LEVELS.keySet().stream()
                .filter(core -> addressOf("gotoblas_" + core.toUpperCase(Locale.ROOT)) == used)
                .findAny();
    }

    private static long addressOf(String symbol) {
        Pointer place = Loader.addressof(symbol);
        return place == null ? -1 : place.address();
    }

    /** What multiplies matrices, and what to set where this processor could do it faster. */
    static String report() {
        int level = NativeOpsHolder.getInstance().getDeviceNativeOps().optimalLevel();
        return chosen().map(core -> describe(core, level)).orElse("chosen by ND4J");
    }

    /** @param level what the processor can do */
    static String describe(String core, int level) {
        String description = "OpenBLAS for " + core;
        if (LEVELS.get(core) >= level) {
            return description;
        }
        return level == AVX512
                ? description + " on a processor with AVX-512: set OPENBLAS_CORETYPE=SkylakeX in the environment"
                : description + " on a processor with AVX2: set OPENBLAS_CORETYPE=Haswell in the environment";
    }
}
