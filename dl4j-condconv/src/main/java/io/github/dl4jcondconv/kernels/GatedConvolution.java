package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y_no = sum_g(a_nog (x_n,g * W_o,g)): the input channels in G equal parts, each convolved with the same kernels for all
 * examples, the results scaled by gates [N, nOut, G], and the gradients. A convolution is linear in its kernel, so this is
 * the convolution of every example with its own kernel of slices a_nog W_o,g.
 *
 * <p>Scaling is a depthwise 1x1 convolution of all channels of all examples: its gradients are those of the gates and of
 * what they scale. Images are blocked, (N, channels, H, W).
 */
public final class GatedConvolution {
    private static final Window POINT = new Window(1, 1, 1, 1, 1, 1, 0, 0);
    private static final PostOps ADD = new PostOps(true, null);

    private final Window window;
    private final Memory x;
    private final INDArray weights;
    private final INDArray gates;
    private final Memory[] parts;

    /**
     * Computes y.
     *
     * @param x stays until the backward pass, as do weights and gates
     * @param weights [nOut, nIn, kH, kW]
     * @param gates [N, nOut, G]
     * @param y to be overwritten
     * @param keep makes arrays that stay until the backward pass
     */
    public GatedConvolution(
            Window window, Memory x, INDArray weights, INDArray gates, Memory y, Function<long[], INDArray> keep) {
        this.window = window;
        this.x = x;
        this.weights = weights;
        this.gates = gates;
        parts = new Memory[(int) gates.size(2)];
        Layout folded = BatchAsChannels.layout(y.layout().dims());
        for (int g = 0; g < parts.length; g++) {
            parts[g] = new Memory(y.layout(), keep.apply(new long[] {y.layout().elements()}));
            convolve(g);
            Kernel scaling = scaling().forward(true, g == 0 ? PostOps.NONE : ADD);
            scaling.run(Map.of(SRC, parts[g].as(folded), WEIGHTS, gate(g, scaling), DST, y.as(folded)));
        }
    }

    private void convolve(int g) {
        Kernel kernel = convolution().forward(true, PostOps.NONE);
        Layout made = kernel.layout(DST);
        Memory result = made.equals(parts[g].layout()) ? parts[g] : Memory.allocate(made);
        kernel.run(Map.of(
                SRC,
                Reorder.to(kernel.layout(SRC), part(sliceable(x), g)),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), part(Memory.of(weights), g)),
                DST,
                result));
        if (result != parts[g]) {
            Reorder.copy(result, parts[g]);
        }
    }

    private Convolution convolution() {
        long[] image = x.layout().dims();
        long[] kernels = weights.shape().clone();
        image[1] /= parts.length;
        kernels[1] /= parts.length;
        // From parts of a block to whole ones oneDNN has its reference only
        Layout output = hasWholeBlocks()
                ? parts[0].layout()
                : Layout.any(parts[0].layout().dims());
        return new Convolution(Images.preferred(image), Layout.any(kernels), false, output, window);
    }

    private Convolution scaling() {
        Layout folded = BatchAsChannels.layout(parts[0].layout().dims());
        return new Convolution(folded, Layout.any(folded.dims()[1], 1, 1, 1, 1), false, folded, POINT);
    }

    /** Images whose parts can be addressed: the same ones if parts are whole blocks. */
    private Memory sliceable(Memory images) {
        return hasWholeBlocks()
                ? images
                : Reorder.to(Layout.dense(images.layout().dims()), images);
    }

    private boolean hasWholeBlocks() {
        return parts.length == 1 || Images.canBeBlocked(weights.size(1) / parts.length);
    }

    /** The input channels of a part, of images or weights. */
    private Memory part(Memory memory, int g) {
        long[] dims = memory.layout().dims();
        dims[1] /= parts.length;
        return parts.length == 1 ? memory : memory.part(new long[] {0, g * dims[1], 0, 0}, dims);
    }

    /** The gates of a part in the order of the folded channels. */
    private Memory gate(int g, Kernel scaling) {
        INDArray gate = ofPart(gates, g).dup('c');
        Memory filledUp = Reorder.to(
                Layout.blocked(gates.size(0), gates.size(1), 1, 1),
                Memory.of(gate).as(Layout.dense(gates.size(0), gates.size(1), 1, 1)));
        return Reorder.to(scaling.layout(WEIGHTS), filledUp.as(Layout.dense(foldedChannels(), 1, 1, 1, 1)));
    }

    private long foldedChannels() {
        return gates.size(0) * BatchAsChannels.filledUp(gates.size(1));
    }

    private static INDArray ofPart(INDArray gates, int g) {
        return gates.slice(g, 2);
    }

    /**
     * Computes the gradients.
     *
     * @param dy gradient of y
     * @param dx to be overwritten, or null if nobody wants it
     * @param dWeights to be overwritten, as are dGates
     */
    public void backward(Memory dy, Memory dx, INDArray dWeights, INDArray dGates) {
        Memory upstream = Memory.allocate(dy.layout());
        Memory target = dx == null || hasWholeBlocks()
                ? dx
                : Memory.allocate(Layout.dense(dx.layout().dims()));
        for (int g = 0; g < parts.length; g++) {
            backwardGates(g, dy, dGates);
            scale(g, dy, upstream);
            backwardWeights(g, upstream, dWeights);
            if (dx != null) {
                backwardData(g, upstream, target);
            }
        }
        if (target != dx) {
            Reorder.copy(target, dx);
        }
    }

    private void backwardGates(int g, Memory dy, INDArray dGates) {
        Layout folded = BatchAsChannels.layout(dy.layout().dims());
        Kernel kernel = scaling().backwardWeights();
        Memory found = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
        kernel.run(Map.of(SRC, parts[g].as(folded), DIFF_DST, dy.as(folded), DIFF_WEIGHTS, found));
        Memory filledUp = Reorder.to(Layout.dense(foldedChannels(), 1, 1, 1, 1), found);
        Memory dense = Reorder.to(
                Layout.dense(gates.size(0), gates.size(1), 1, 1),
                filledUp.as(Layout.blocked(gates.size(0), gates.size(1), 1, 1)));
        ofPart(dGates, g).assign(dense.array().reshape('c', gates.size(0), gates.size(1)));
    }

    private void scale(int g, Memory dy, Memory scaled) {
        Layout folded = BatchAsChannels.layout(dy.layout().dims());
        Kernel kernel = scaling().backwardData();
        kernel.run(Map.of(DIFF_DST, dy.as(folded), WEIGHTS, gate(g, kernel), DIFF_SRC, scaled.as(folded)));
    }

    private void backwardWeights(int g, Memory upstream, INDArray dWeights) {
        Kernel kernel = convolution().backwardWeights();
        Memory found = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
        kernel.run(Map.of(
                SRC,
                Reorder.to(kernel.layout(SRC), part(sliceable(x), g)),
                DIFF_DST,
                Reorder.to(kernel.layout(DIFF_DST), upstream),
                DIFF_WEIGHTS,
                found));
        Reorder.copy(found, part(Memory.of(dWeights), g));
    }

    private void backwardData(int g, Memory upstream, Memory dx) {
        Kernel kernel = convolution().backwardData();
        Memory found = Memory.allocate(kernel.layout(DIFF_SRC));
        kernel.run(Map.of(
                DIFF_DST,
                Reorder.to(kernel.layout(DIFF_DST), upstream),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), part(Memory.of(weights), g)),
                DIFF_SRC,
                found));
        Reorder.copy(found, part(dx, g));
    }
}
