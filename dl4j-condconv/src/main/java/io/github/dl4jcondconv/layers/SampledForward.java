package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.kernels.Pixels;
import io.github.dl4jcondconv.kernels.SampledPositions;
import io.github.dl4jcondconv.kernels.SampledRows;
import io.github.dl4jcondconv.kernels.SparseConvolution;
import io.github.dl4jcondconv.kernels.SparseCost;
import io.github.dl4jcondconv.kernels.WindowProduct;
import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sampled convolution at inference, in FLOAT: computed at the sampled positions only, or at all where that is cheaper.
 * On oneDNN where it is there, otherwise on ND4J.
 */
final class SampledForward {
    /** A system property: the largest density that is computed sparsely, instead of what {@link SparseCost} says. */
    static final String SPARSE_DENSITY = "condconv.sparse-density";

    private final SampledConvBlock layer;
    private final InferencePass pass;
    private final SampledPositions sampled;
    private final PostOps after;
    private final Window window;

    SampledForward(SampledConvBlock layer, InferencePass pass, SampledPositions sampled, PostOps after) {
        this.layer = layer;
        this.pass = pass;
        this.sampled = sampled;
        this.after = after;
        window = layer.window(pass.imageShape());
    }

    /** The images that a layer reads. */
    static Pixels input(ImageBlock layer, InferencePass pass) {
        return OneDnn.isAvailable() ? Pixels.of(pass.image()) : Pixels.of(layer.toNCHW(pass.input(0)));
    }

    /** The images that it makes. */
    static Pixels output(ImageBlock layer, InferencePass pass, INDArray images) {
        return OneDnn.isAvailable() ? Pixels.of(pass.memory(images)) : Pixels.of(layer.toNCHW(images));
    }

    /** Whether the form for sampled positions is the cheaper one; always without oneDNN. */
    boolean isSparse() {
        if (!OneDnn.isAvailable()) {
            return true;
        }
        String density = System.getProperty(SPARSE_DENSITY);
        if (density != null) {
            return sampled.density() <= largest(density);
        }
        long[] image = pass.imageShape();
        boolean winograd = convolution(layer.outputShape(image)).prefersWinograd(!pass.hasFixedParameters());
        return new SparseCost(window, layer.getNIn(), layer.getNOut(), winograd)
                .paysSparse(sampled, image[2] * image[3]);
    }

    private static double largest(String density) {
        try {
            double value = Double.parseDouble(density);
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below
        }
        throw new IllegalArgumentException(
                "system property " + SPARSE_DENSITY + " is \"" + density + "\", allowed: a number from 0 to 1");
    }

    /** The convolution at the sampled positions, computed there only or, where that is cheaper, everywhere. */
    SampledRows rows() {
        SampledRows rows =
                new SampledRows(sampled, pass.kept(DataType.FLOAT, SampledRows.shape(sampled, layer.getNOut())));
        if (isSparse()) {
            sparse(rows);
        } else {
            Memory images = Memory.allocate(Layout.blocked(layer.outputShape(pass.imageShape())));
            dense(images);
            rows.from(Pixels.of(images));
        }
        return rows;
    }

    /** The convolution at the sampled positions. */
    void sparse(SampledRows output) {
        WindowProduct product = pass.ofParameters(
                "window product",
                () -> OneDnn.isAvailable()
                        ? WindowProduct.of(pass.parameter("W"), bias(), after)
                        : WindowProduct.of(pass.parameter("W"), bias()));
        SparseConvolution.of(window).apply(input(layer, pass), product, output);
    }

    /** The convolution at every position, by oneDNN. */
    void dense(Memory output) {
        Convolution convolution = convolution(output.layout().dims());
        // With weights that are laid out in each pass, the form of training is faster in all
        Kernel kernel = convolution.forward(!pass.hasFixedParameters(), after);
        Layout weights = kernel.layout(Argument.WEIGHTS);
        Layout result = kernel.layout(Argument.DST);
        Memory written = output.layout().equals(result) ? output : Memory.allocate(result);
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(Argument.SRC, Reorder.to(kernel.layout(Argument.SRC), pass.image()));
        arguments.put(
                Argument.WEIGHTS,
                pass.ofParameters(List.of("dense", weights), () -> Reorder.to(weights, pass.parameter("W"))));
        if (layer.isHasBias()) {
            arguments.put(Argument.BIAS, Images.vector(pass.parameter("b")));
        }
        arguments.put(Argument.DST, written);
        kernel.run(arguments);
        if (written != output) {
            Reorder.copy(written, output);
        }
    }

    private Convolution convolution(long[] outputShape) {
        return new Convolution(
                Images.preferred(pass.imageShape()),
                Layout.any(pass.parameter("W").shape()),
                layer.isHasBias(),
                Images.preferred(outputShape),
                window);
    }

    private INDArray bias() {
        return layer.isHasBias() ? pass.parameter("b") : null;
    }
}
