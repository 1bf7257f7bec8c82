package io.github.dl4jcondconv.kernels;

import java.lang.ref.Reference;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.openblas.presets.openblas_nolapack.SetNumThreads;

/**
 * Products of matrices by the BLAS that ND4J's backends for CPUs bring along, each on one thread, for threads of ours that
 * share work.
 */
final class Blas {
    private static int users;

    private Blas() {}

    /** c = a b. */
    static void multiply(Matrix a, Matrix b, Matrix c) {
        multiply(a, b, c, false);
    }

    /** c = a b, or that added to what is there. */
    static void multiply(Matrix a, Matrix b, Matrix c, boolean add) {
        if (a.rows() != c.rows() || a.columns() != b.rows() || b.columns() != c.columns()) {
            throw new IllegalArgumentException("BLAS: %d x %d times %d x %d is not %d x %d"
                    .formatted(a.rows(), a.columns(), b.rows(), b.columns(), c.rows(), c.columns()));
        }
        if (c.columnStep() != 1) {
            multiply(b.transposed(), a.transposed(), c.transposed(), add);
            return;
        }
        openblas_nolapack.cblas_sgemm(
                openblas_nolapack.CblasRowMajor,
                order(a),
                order(b),
                c.rows(),
                c.columns(),
                a.columns(),
                1,
                a.address(),
                step(a),
                b.address(),
                step(b),
                add ? 1 : 0,
                c.address(),
                step(c));
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    private static int order(Matrix m) {
        return m.columnStep() == 1 ? openblas_nolapack.CblasNoTrans : openblas_nolapack.CblasTrans;
    }

    /** From one row to the next, or from one column to the next; BLAS checks it even where there is no next one. */
    private static int step(Matrix m) {
        return m.columnStep() == 1 ? Math.max(m.rowStep(), m.columns()) : Math.max(m.columnStep(), m.rows());
    }

    /** Runs tasks that multiply on threads of ours. */
    static void share(int tasks, IntConsumer task) {
        limit();
        try {
            Workers.run(tasks, task);
        } finally {
            release();
        }
    }

    /** OpenBLAS has one setting for the whole process: the first to come changes it and the last to go restores it. */
    private static synchronized void limit() {
        if (users++ == 0 && Threads.SETTING != null) {
            Threads.SETTING.call(1);
        }
    }

    private static synchronized void release() {
        if (--users == 0 && Threads.SETTING != null) {
            Threads.SETTING.call(Math.max(1, openblas_nolapack.blas_get_num_threads()));
        }
    }

    /** OpenBLAS's own function: JavaCPP's looks it up at each call, which takes longer than many products. */
    private static final class Threads extends SetNumThreads {
        /** Null where ND4J uses another BLAS. */
        static final Threads SETTING = find();

        private Threads(Pointer function) {
            put(function);
        }

        private static Threads find() {
            Loader.load(openblas_nolapack.class);
            Pointer function = Loader.addressof("openblas_set_num_threads");
            return function == null ? null : new Threads(function);
        }
    }
}
