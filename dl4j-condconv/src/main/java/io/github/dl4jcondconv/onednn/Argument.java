package io.github.dl4jcondconv.onednn;

import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.dnnl.global.dnnl;

/** What a kernel reads or writes. */
public enum Argument {
    SRC(dnnl.DNNL_ARG_SRC),
    /** The second of two summands. */
    SRC_1(dnnl.DNNL_ARG_SRC_1),
    /** What {@link PostOps} add. */
    ADDEND(dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1),
    DST(dnnl.DNNL_ARG_DST),
    WEIGHTS(dnnl.DNNL_ARG_WEIGHTS),
    BIAS(dnnl.DNNL_ARG_BIAS),
    MEAN(dnnl.DNNL_ARG_MEAN),
    VARIANCE(dnnl.DNNL_ARG_VARIANCE),
    /** Gamma of a normalisation. */
    SCALE(dnnl.DNNL_ARG_SCALE),
    /** Beta of a normalisation. */
    SHIFT(dnnl.DNNL_ARG_SHIFT),
    /** What a forward kernel leaves for its backward kernel; not FLOAT inside. */
    WORKSPACE(dnnl.DNNL_ARG_WORKSPACE),
    DIFF_SRC(dnnl.DNNL_ARG_DIFF_SRC),
    DIFF_DST(dnnl.DNNL_ARG_DIFF_DST),
    DIFF_WEIGHTS(dnnl.DNNL_ARG_DIFF_WEIGHTS),
    DIFF_BIAS(dnnl.DNNL_ARG_DIFF_BIAS),
    DIFF_SCALE(dnnl.DNNL_ARG_DIFF_SCALE),
    DIFF_SHIFT(dnnl.DNNL_ARG_DIFF_SHIFT);

    /** Vectors of one number a channel are written too, but not past the caches. */
    private static final Set<Argument> WRITTEN_IN_BULK = EnumSet.of(DST, WORKSPACE, DIFF_SRC, DIFF_WEIGHTS);

    final int id;

    Argument(int id) {
        this.id = id;
    }

    /** Whether some kernels write it, perhaps with stores that bypass the caches and fault elsewhere than where lines begin. */
    boolean isWrittenInBulk() {
        return WRITTEN_IN_BULK.contains(this);
    }
}
