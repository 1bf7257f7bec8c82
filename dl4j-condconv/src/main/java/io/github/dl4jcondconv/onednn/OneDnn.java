package io.github.dl4jcondconv.onednn;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Whether oneDNN is there, and its engine. It needs an ND4J backend for CPUs, {@code org.bytedeco:dnnl} with the native
 * library of the platform, and that the system property {@value #KERNELS} is not {@code false}.
 */
public final class OneDnn {
    /** The system property that, when {@code false}, leaves all work to ND4J. Read at every use. */
    public static final String KERNELS = "condconv.kernels";

    /** The system property that, when {@code false}, leaves the work of oneDNN to BLAS and ND4J. Read at every use. */
    public static final String DNNL = "condconv.dnnl";

    private OneDnn() {}

    /** Whether kernels can be compiled and run. */
    public static boolean isAvailable() {
        return isWanted() && isAllowed() && Library.MISSING == null;
    }

    /** One line: oneDNN's version and instruction set, or why it is not used. */
    public static String status() {
        if (!isWanted()) {
            return Nd4j.getEnvironment().isCPU()
                    ? "off, by -D" + KERNELS + "=false"
                    : "not used, the ND4J backend is not for CPUs";
        }
        if (!isAllowed()) {
            return "off, by -D" + DNNL + "=false";
        }
        return Library.MISSING == null ? Library.description() : Library.MISSING;
    }

    private static boolean isAllowed() {
        return Boolean.parseBoolean(System.getProperty(DNNL, "true"));
    }

    /** Threads that a kernel called by this thread uses: OpenMP's setting, such as OMP_NUM_THREADS. */
    public static int threads() {
        return openMp().ompGetMaxThreads();
    }

    /** Sets {@link #threads()} for the calling thread; others keep theirs. */
    public static void setThreads(int threads) {
        openMp().setOmpNumThreads(threads);
    }

    /** ND4J's native operations; their holder finds them only once ND4J has found its backend. */
    private static NativeOps openMp() {
        Nd4j.getEnvironment();
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    /** Channels that kernels for images like to have side by side: what a vector register holds, or 1 for no blocks. */
    public static int channelBlock() {
        return Library.CHANNEL_BLOCK;
    }

    /** Size of a channel block: stores of whole vector registers that bypass the caches fault between its multiples. */
    static int registerBytes() {
        return channelBlock() * Float.BYTES;
    }

    /** Whether oneDNN has Winograd's algorithm for this processor: it has one for AVX-512 only. */
    public static boolean hasWinograd() {
        return channelBlock() == 16;
    }

    /** Whether kernels of any kind may be used. */
    static boolean isWanted() {
        return Nd4j.getEnvironment().isCPU() && Boolean.parseBoolean(System.getProperty(KERNELS, "true"));
    }

    static dnnl_engine engine() {
        return Library.ENGINE;
    }

    static dnnl_stream stream() {
        return Streams.EACH.get();
    }

    /**
     * @throws UnsupportedOperationException if oneDNN has no implementation of what was asked
     * @throws IllegalStateException if it failed otherwise
     */
    static void check(int status, String action) {
        switch (status) {
            case dnnl.dnnl_success -> {}
            case dnnl.dnnl_unimplemented -> throw new UnsupportedOperationException("oneDNN cannot " + action);
            case dnnl.dnnl_out_of_memory -> throw new OutOfMemoryError("oneDNN: " + action);
            case dnnl.dnnl_invalid_arguments ->
                throw new IllegalStateException("oneDNN does not accept the arguments to " + action);
            default -> throw new IllegalStateException("oneDNN failed to " + action + ", status " + status);
        }
    }

    /** Loaded at first use, since its classes and its native library may be missing. */
    private static final class Library {
        static final String MISSING;
        static final dnnl_engine ENGINE;
        static final int CHANNEL_BLOCK;

        static {
            dnnl_engine engine = null;
            String missing = null;
            try {
                engine = new dnnl_engine();
                check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "create an engine");
            } catch (UnsatisfiedLinkError e) {
                missing = "no native library for this platform; add org.bytedeco:dnnl-platform:2.5.2-1.5.7 ("
                        + e.getMessage() + ")";
            } catch (LinkageError e) { // also where only some of its jars are there
                missing = "not found; add org.bytedeco:dnnl-platform:2.5.2-1.5.7";
            }
            ENGINE = engine;
            MISSING = missing;
            CHANNEL_BLOCK = missing == null ? channelBlock() : 1;
        }

        private static int channelBlock() {
            return switch (dnnl.dnnl_get_effective_cpu_isa()) {
                case dnnl.dnnl_cpu_isa_all, dnnl.dnnl_cpu_isa_sse41 -> 1;
                case dnnl.dnnl_cpu_isa_avx, dnnl.dnnl_cpu_isa_avx2, dnnl.dnnl_cpu_isa_avx2_vnni -> 8;
                default -> 16;
            };
        }

        static String description() {
            dnnl_version_t version = dnnl.dnnl_version();
            String isa =
                    switch (dnnl.dnnl_get_effective_cpu_isa()) {
                        case dnnl.dnnl_cpu_isa_sse41 -> "SSE4.1";
                        case dnnl.dnnl_cpu_isa_avx -> "AVX";
                        case dnnl.dnnl_cpu_isa_avx2, dnnl.dnnl_cpu_isa_avx2_vnni -> "AVX2";
                        case dnnl.dnnl_cpu_isa_all -> "no limit of instructions";
                        default -> "AVX-512";
                    };
            return "oneDNN %d.%d.%d, %s".formatted(version.major(), version.minor(), version.patch(), isa);
        }
    }

    /** A class of its own: its initialisation needs oneDNN's classes, and {@link Library} must be able to miss them. */
    private static final class Streams {
        static final ThreadLocal<dnnl_stream> EACH = ThreadLocal.withInitial(Streams::create);

        private static dnnl_stream create() {
            dnnl_stream stream = new dnnl_stream();
            check(dnnl.dnnl_stream_create(stream, engine(), dnnl.dnnl_stream_default_flags), "create a stream");
            return stream;
        }
    }
}
