package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Depthwise: channel c of example n is convolved with its own filter sum_e(a_ne W_ec). Experts are W [E, 1, C, kH, kW].
 *
 * <p>All channels of all examples are the groups of one convolution. Mixing is a small product; only kernels are
 * reordered, never images.
 */
public final class DepthwiseExpertConvolution implements ExampleConvolution<Memory> {
    /** What the names of oneDNN's implementations for unusual windows begin with. */
    private static final String SLOW = "ref";

    private final Window window;

    public DepthwiseExpertConvolution(Window window) {
        this.window = window;
    }

    private Convolution convolution(Memory x, Memory y) {
        Layout in = BatchAsChannels.layout(x.layout().dims());
        Layout out = BatchAsChannels.layout(y.layout().dims());
        return new Convolution(in, Layout.any(filters(in.dims()[1])), false, out, window);
    }

    private long[] filters(long channels) {
        return new long[] {channels, 1, 1, window.height(), window.width()};
    }

    @Override
    public void forward(Memory x, INDArray experts, INDArray weights, Memory y) {
        Kernel kernel = convolution(x, y).forward(true, PostOps.NONE);
        kernel.run(Map.of(
                SRC,
                x.as(kernel.layout(SRC)),
                WEIGHTS,
                mixed(experts, weights, kernel.layout(WEIGHTS)),
                DST,
                y.as(kernel.layout(DST))));
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        Kernel kernel = convolution(dx, dy).backwardData();
        kernel.run(Map.of(
                DIFF_DST,
                dy.as(kernel.layout(DIFF_DST)),
                WEIGHTS,
                mixed(experts, weights, kernel.layout(WEIGHTS)),
                DIFF_SRC,
                dx.as(kernel.layout(DIFF_SRC))));
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        Kernel kernel = convolution(x, dy).backwardWeights();
        Memory dFilters = kernel.implementation().startsWith(SLOW)
                ? new FilterCorrelation(window).gradients(x, dy)
                : gradient(kernel, x, dy);
        ExpertMatrix matrix = matrix(experts);
        Memory rows = matrix.matrix(dFilters);
        Examples batch = new Examples(0, weights.size(0));
        RoutingGradient routing = new RoutingGradient(weights);
        routing.add(batch, rows, matrix.rows());
        routing.store(dWeights);
        matrix.gradient(batch.columns(Gemm.small(weights)), rows, false);
        matrix.storeGradient(Memory.of(dExperts));
    }

    private static Memory gradient(Kernel kernel, Memory x, Memory dy) {
        Memory found = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
        kernel.run(
                Map.of(SRC, x.as(kernel.layout(SRC)), DIFF_DST, dy.as(kernel.layout(DIFF_DST)), DIFF_WEIGHTS, found));
        return Reorder.to(Layout.dense(found.layout().dims()), found);
    }

    private Memory mixed(INDArray experts, INDArray weights, Layout wanted) {
        Memory mixed = Memory.allocate(Layout.dense(wanted.dims()));
        ExpertMatrix matrix = matrix(experts);
        matrix.mix(Gemm.small(weights), matrix.matrix(mixed));
        return Reorder.to(wanted, mixed);
    }

    /** Experts in C order, their channels filled up. */
    private ExpertMatrix matrix(INDArray experts) {
        long channels = BatchAsChannels.filledUp(experts.size(2));
        Layout filters = Layout.dense(experts.size(0), 1, channels, window.height(), window.width());
        ExpertMatrix matrix = new ExpertMatrix(experts.shape(), filters, new Scratch());
        matrix.load(Memory.of(experts));
        return matrix;
    }
}
