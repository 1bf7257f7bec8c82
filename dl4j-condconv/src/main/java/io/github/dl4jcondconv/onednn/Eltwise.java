package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/** A function of every element. */
public record Eltwise(Function function, Layout data) {

    /** A function and its constants, in oneDNN's numbering. */
    public record Function(int algorithm, float alpha, float beta) {
        /** max(0, x). */
        public static final Function RELU = new Function(dnnl.dnnl_eltwise_relu, 0, 0);

        /** x where positive, otherwise slope * x. */
        public static Function leakyRelu(double slope) {
            return new Function(dnnl.dnnl_eltwise_relu, (float) slope, 0);
        }
    }

    /** DST from SRC. */
    public Kernel forward() {
        return Kernels.cached(this, "forward", () -> {
            dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t();
            OneDnn.check(
                    dnnl.dnnl_eltwise_forward_desc_init(
                            operation,
                            dnnl.dnnl_forward_training,
                            function.algorithm,
                            data.description(),
                            function.alpha,
                            function.beta),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, null, SRC, DST);
        });
    }

    /** DIFF_SRC from DIFF_DST and SRC. */
    public Kernel backward() {
        return Kernels.cached(this, "backward", () -> {
            dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t();
            OneDnn.check(
                    dnnl.dnnl_eltwise_backward_desc_init(
                            operation,
                            function.algorithm,
                            data.description(),
                            data.description(),
                            function.alpha,
                            function.beta),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, forward(), SRC, DIFF_DST, DIFF_SRC);
        });
    }
}
