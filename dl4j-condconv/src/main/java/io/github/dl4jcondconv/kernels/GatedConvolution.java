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
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * y_no = sum_g(a_nog (x_n,g * W_o,g)): the input channels in G equal parts, each convolved with the same kernels for all
 * examples, the results scaled by gates [N, nOut, G], and the gradients. A convolution is linear in its kernel, so this is
 * the convolution of every example with its own kernel of slices a_nog W_o,g.
 *
 * <p>Scaling is a depthwise 1x1 convolution of all channels of all examples: its gradients are those of the gates and of
 * what they scale. Images are [N, channels, H, W] in memory as they like; all arrays are FLOAT.
 */
public final class GatedConvolution {
    private static final Window POINT = new Window(1, 1, 1, 1, 1, 1, 0, 0);
    private static final PostOps ADD = new PostOps(true, null);

    private final Window window;
    private final INDArray x;
    private final INDArray weights;
    private final INDArray gates;
    private final INDArray[] parts;

    /**
     * Computes y.
     *
     * @param weights [nOut, nIn, kH, kW]
     * @param gates [N, nOut, G], until the backward pass
     * @param y to be overwritten
     * @param keep makes arrays that stay until the backward pass
     */
    public GatedConvolution(
            Window window, INDArray x, INDArray weights, INDArray gates, INDArray y, Function<long[], INDArray> keep) {
        this.window = window;
        this.x = x;
        this.weights = weights;
        this.gates = gates;
        parts = new INDArray[(int) gates.size(2)];
        Memory sum = null;
        for (int g = 0; g < parts.length; g++) {
            parts[g] = keep.apply(y.shape());
            convolve(g);
            Kernel scaling = scaling().forward(true, g == 0 ? PostOps.NONE : ADD);
            sum = sum == null ? Memory.allocate(scaling.layout(DST)) : sum;
            scaling.run(
                    Map.of(SRC, FoldedImages.fold(parts[g], scaling.layout(SRC)), WEIGHTS, gate(g, scaling), DST, sum));
        }
        FoldedImages.unfold(sum, y);
    }

    private void convolve(int g) {
        Kernel kernel = convolution().forward(true, PostOps.NONE);
        Memory result = Memory.allocate(kernel.layout(DST));
        kernel.run(Map.of(
                SRC,
                Reorder.to(kernel.layout(SRC), part(x, g)),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), part(weights, g)),
                DST,
                result));
        Reorder.copy(result, Memory.of(parts[g]));
    }

    private Convolution convolution() {
        INDArray image = part(x, 0);
        return new Convolution(
                Layout.any(image.shape()),
                Layout.any(part(weights, 0).shape()),
                false,
                Layout.any(parts[0].shape()),
                window);
    }

    private Convolution scaling() {
        INDArray part = parts[0];
        long channels = part.size(0) * part.size(1);
        Layout images = Layout.any(1, channels, part.size(2), part.size(3));
        return new Convolution(images, Layout.any(channels, 1, 1, 1, 1), false, images, POINT);
    }

    /** The input channels of a part, of images or weights. */
    private INDArray part(INDArray array, int g) {
        long length = x.size(1) / parts.length;
        return FoldedImages.channels(array, g * length, (g + 1) * length);
    }

    private Memory gate(int g, Kernel scaling) {
        INDArray gate = ofPart(gates, g).dup('c').reshape('c', gates.size(0) * gates.size(1), 1, 1, 1, 1);
        return Reorder.to(scaling.layout(WEIGHTS), gate);
    }

    private static INDArray ofPart(INDArray gates, int g) {
        return gates.slice(g, 2);
    }

    /**
     * Computes the gradients.
     *
     * @param dy gradient of y
     * @param dx to be overwritten, as are dWeights and dGates
     */
    public void backward(INDArray dy, INDArray dx, INDArray dWeights, INDArray dGates) {
        for (int g = 0; g < parts.length; g++) {
            backwardGates(g, dy, dGates);
            INDArray upstream = scaled(g, dy);
            backwardWeights(g, upstream, dWeights);
            backwardData(g, upstream, dx);
        }
    }

    private void backwardGates(int g, INDArray dy, INDArray dGates) {
        Kernel kernel = scaling().backwardWeights();
        Memory found = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
        kernel.run(Map.of(
                SRC,
                FoldedImages.fold(parts[g], kernel.layout(SRC)),
                DIFF_DST,
                FoldedImages.fold(dy, kernel.layout(DIFF_DST)),
                DIFF_WEIGHTS,
                found));
        Memory dense = Reorder.to(Layout.dense(found.layout().dims()), found);
        ofPart(dGates, g).assign(dense.array().reshape('c', dGates.size(0), dGates.size(1)));
    }

    private INDArray scaled(int g, INDArray dy) {
        Kernel kernel = scaling().backwardData();
        Memory found = Memory.allocate(kernel.layout(DIFF_SRC));
        kernel.run(Map.of(
                DIFF_DST, FoldedImages.fold(dy, kernel.layout(DIFF_DST)), WEIGHTS, gate(g, kernel), DIFF_SRC, found));
        INDArray result = Nd4j.createUninitialized(DataType.FLOAT, dy.shape());
        FoldedImages.unfold(found, result);
        return result;
    }

    private void backwardWeights(int g, INDArray upstream, INDArray dWeights) {
        Kernel kernel = convolution().backwardWeights();
        Memory found = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
        kernel.run(Map.of(
                SRC,
                Reorder.to(kernel.layout(SRC), part(x, g)),
                DIFF_DST,
                Reorder.to(kernel.layout(DIFF_DST), upstream),
                DIFF_WEIGHTS,
                found));
        Reorder.copy(found, Memory.of(part(dWeights, g)));
    }

    private void backwardData(int g, INDArray upstream, INDArray dx) {
        Kernel kernel = convolution().backwardData();
        Memory found = Memory.allocate(kernel.layout(DIFF_SRC));
        kernel.run(Map.of(
                DIFF_DST,
                Reorder.to(kernel.layout(DIFF_DST), upstream),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), part(weights, g)),
                DIFF_SRC,
                found));
        Reorder.copy(found, Memory.of(part(dx, g)));
    }
}
