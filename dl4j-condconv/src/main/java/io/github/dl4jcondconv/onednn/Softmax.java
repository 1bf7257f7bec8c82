package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import java.util.Map;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * exp(x) over the sum of exp(x) of its row.
 *
 * @param data rows, [N, C]
 */
public record Softmax(Layout data) {
    private static final int ROW = 1;

    /** Of the rows of an array in C order without gaps, in place. */
    public static void apply(INDArray rows) {
        Memory memory = Memory.of(rows);
        new Softmax(memory.layout()).kernel().run(Map.of(SRC, memory, DST, memory));
    }

    /** DST, which may be SRC, from SRC. */
    public Kernel kernel() {
        return Kernels.cached(this, "", () -> {
            dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t();
            OneDnn.check(
                    dnnl.dnnl_softmax_forward_desc_init(
                            operation, dnnl.dnnl_forward_inference, data.description(), ROW),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, null, SRC, DST);
        });
    }
}
