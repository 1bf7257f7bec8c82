package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import java.util.function.IntFunction;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A 2-D convolution (cross-correlation), by Winograd's algorithm where that pays. oneDNN may choose every layout that is
 * {@link Layout#any}.
 *
 * @param src images [N, nIn, H, W]
 * @param weights [nOut, nIn, kH, kW], or [groups, nOut / groups, nIn / groups, kH, kW]
 * @param bias whether there is one, [nOut]
 * @param dst images [N, nOut, H', W']
 */
public record Convolution(Layout src, Layout weights, boolean bias, Layout dst, Window window, Algorithm algorithm) {
    /** How it is computed. */
    public enum Algorithm {
        /** Winograd's where that pays, otherwise the one that oneDNN prefers of the others. */
        AUTO,
        /** The one that oneDNN prefers of all but Winograd's. */
        DIRECT,
        /** Winograd's, for windows of 3x3 without stride and dilation, where {@link OneDnn#hasWinograd}. */
        WINOGRAD
    }

    /** By Winograd's algorithm where that pays. */
    public Convolution(Layout src, Layout weights, boolean bias, Layout dst, Window window) {
        this(src, weights, bias, dst, window, Algorithm.AUTO);
    }

    /**
     * DST = after(SRC * WEIGHTS + BIAS).
     *
     * @param training whether backward kernels follow
     */
    public Kernel forward(boolean training, PostOps after) {
        return Kernels.cached(
                this,
                new Forward(training, after),
                () -> compile(training, algorithm -> compileForward(training, after, algorithm)));
    }

    private record Forward(boolean training, PostOps after) {}

    private Kernel compileForward(boolean training, PostOps after, int algorithm) {
        dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
        OneDnn.check(
                dnnl.dnnl_dilated_convolution_forward_desc_init(
                        operation,
                        training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        algorithm,
                        src.description(),
                        weights.description(),
                        biasDescription(),
                        dst.description(),
                        window.strides(),
                        window.dilation(),
                        window.paddingBefore(),
                        window.paddingAfter(src, dst)),
                "describe " + this);
        return Kernels.compile("compute " + this, operation, after, null, Kernels.ofProduct(bias, after));
    }

    /** DIFF_SRC from DIFF_DST and WEIGHTS. */
    public Kernel backwardData() {
        return Kernels.cached(this, "backward data", () -> compile(true, this::compileBackwardData));
    }

    private Kernel compileBackwardData(int algorithm) {
        dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
        OneDnn.check(
                dnnl.dnnl_dilated_convolution_backward_data_desc_init(
                        operation,
                        algorithm,
                        src.description(),
                        weights.description(),
                        dst.description(),
                        window.strides(),
                        window.dilation(),
                        window.paddingBefore(),
                        window.paddingAfter(src, dst)),
                "describe " + this);
        Kernel hint = compileForward(true, PostOps.NONE, algorithm);
        return Kernels.compile("compute " + this, operation, PostOps.NONE, hint, DIFF_DST, WEIGHTS, DIFF_SRC);
    }

    /** DIFF_WEIGHTS and DIFF_BIAS from SRC and DIFF_DST. */
    public Kernel backwardWeights() {
        return Kernels.cached(this, "backward weights", () -> compile(true, this::compileBackwardWeights));
    }

    private Kernel compileBackwardWeights(int algorithm) {
        dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
        OneDnn.check(
                dnnl.dnnl_dilated_convolution_backward_weights_desc_init(
                        operation,
                        algorithm,
                        src.description(),
                        weights.description(),
                        biasDescription(),
                        dst.description(),
                        window.strides(),
                        window.dilation(),
                        window.paddingBefore(),
                        window.paddingAfter(src, dst)),
                "describe " + this);
        Argument[] arguments = bias
                ? new Argument[] {SRC, DIFF_DST, DIFF_WEIGHTS, DIFF_BIAS}
                : new Argument[] {SRC, DIFF_DST, DIFF_WEIGHTS};
        Kernel hint = compileForward(true, PostOps.NONE, algorithm);
        return Kernels.compile("compute " + this, operation, PostOps.NONE, hint, arguments);
    }

    /**
     * Whether Winograd's algorithm pays, which takes fewer multiplications.
     *
     * @param training whether weights change between calls
     */
    public boolean prefersWinograd(boolean training) {
        return algorithm != Algorithm.DIRECT && OneDnn.hasWinograd() && Winograd.pays(this, training);
    }

    private Kernel compile(boolean training, IntFunction<Kernel> compiler) {
        if (algorithm == Algorithm.WINOGRAD) {
            return compiler.apply(dnnl.dnnl_convolution_winograd);
        }
        if (algorithm == Algorithm.AUTO && Winograd.pays(this, training)) {
            try {
                return compiler.apply(dnnl.dnnl_convolution_winograd);
            } catch (UnsupportedOperationException e) {
                // Other sizes of kernels and channels, other processors
            }
        }
        return compiler.apply(dnnl.dnnl_convolution_direct);
    }

    private dnnl_memory_desc_t biasDescription() {
        return bias ? Layout.dense(dst.dims()[1]).description() : null;
    }
}
