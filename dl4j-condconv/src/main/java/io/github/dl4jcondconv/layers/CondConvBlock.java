package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.engine.TrainingPass;
import io.github.dl4jcondconv.engine.VectorInput;
import io.github.dl4jcondconv.kernels.ExampleConvolution;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What conditional convolutions share: experts, their routing, and the two ways to mix them. */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PROTECTED)
public abstract class CondConvBlock extends Convolution2DBlock {
    private static final long serialVersionUID = 1;

    private int numExperts;
    private boolean hasBias;
    private boolean staticBias;
    private Routing routing;
    private Mixing mixing;

    protected CondConvBlock(Builder<?> builder) {
        super(builder);
        numExperts = builder.numExperts;
        hasBias = builder.hasBias;
        staticBias = builder.staticBias;
        routing = builder.routing;
        mixing = builder.mixing;
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(numExperts >= 1, "numExperts", numExperts, "at least 1");
        routing.validate(this::require);
    }

    /** Defines {@code W} [E, ...]. */
    protected abstract void defineExperts(Parameters p);

    /** Number of weights of one expert, without biases. */
    protected abstract long expertSize();

    /**
     * Convolves each example with its own kernel.
     *
     * @param kernels [N, expertSize]
     */
    protected abstract SDVariable convolveExamples(BlockGraph graph, SDVariable image, SDVariable kernels);

    /** Convolves with every expert: anything of the order [N, E, nOut, H', W'] with H' and W' as dimensions 2 and 3. */
    protected abstract SDVariable convolveExperts(BlockGraph graph, SDVariable image);

    @Override
    protected final void defineParameters(Parameters p) {
        defineExperts(p);
        double start = Double.isNaN(getBiasInit()) ? 0 : getBiasInit();
        if (hasBias) {
            p.bias("b", start, numExperts, getNOut());
        }
        routing.define(p, getNIn(), numExperts);
        if (staticBias) {
            p.bias("bs", start, getNOut());
        }
    }

    @Override
    protected SDVariable defineNCHW(BlockGraph graph, SDVariable image) {
        SDVariable weights = routing.fromInput()
                ? graph.input(1)
                : routing.weights(graph, Pooling.globalAverage(image, graph.mask()), numExperts);
        SDVariable output = mixesKernels(graph.training())
                ? mixThenConvolve(graph, image, weights)
                : convolveThenMix(graph, image, weights);
        if (hasBias) {
            SDVariable bias = Matrices.product(weights, graph.parameter("b"), numExperts, getNOut());
            output = output.add(bias.reshape(-1, getNOut(), 1, 1));
        }
        return staticBias ? output.add(graph.parameter("bs").reshape(1, getNOut(), 1, 1)) : output;
    }

    /** The convolution with mixed kernels by oneDNN, or null where there is none. */
    abstract ExampleConvolution<Memory> kernel(Window window);

    /**
     * Whether it takes images in blocks of channels, otherwise channel by channel.
     *
     * @param output (N, nOut, H', W')
     */
    boolean wantsBlocks(Window window, long[] output) {
        return true;
    }

    /** The same by BLAS. */
    ExampleConvolution<INDArray> portableKernel(Window window) {
        return null;
    }

    @Override
    protected boolean hasImageKernels() {
        return kernel(new Window(1, 1, 1, 1, 1, 1, 0, 0)) != null && (routing.fromInput() || routing.isOneMatrix());
    }

    @Override
    protected LayerPass train(TrainingPass pass) {
        return byKernels(pass);
    }

    @Override
    protected INDArray infer(InferencePass pass) {
        CondConvPass<?> found = byKernels(pass);
        return found == null ? null : found.output();
    }

    /** Null where there are no kernels for it. */
    private CondConvPass<?> byKernels(ForwardPass pass) {
        if (pass.dataType() != DataType.FLOAT || pass.isMasked() || !(routing.fromInput() || routing.isOneMatrix())) {
            return null;
        }
        Window window = window(pass.imageShape());
        boolean blocked = wantsBlocks(window, outputShape(pass.imageShape()));
        return OneDnn.isAvailable()
                ? with(new LaidOutImages(pass, blocked), kernel(window), pass)
                : with(new PlainImages(this, pass), portableKernel(window), pass);
    }

    private <I> CondConvPass<I> with(ImageForm<I> form, ExampleConvolution<I> convolution, ForwardPass pass) {
        return convolution == null ? null : new CondConvPass<>(this, pass, form, convolution);
    }

    private boolean mixesKernels(boolean training) {
        // Image sizes are unknown here, but an image of one window is rare
        return mixing.ofKernels(training, numExperts, 2);
    }

    private SDVariable mixThenConvolve(BlockGraph graph, SDVariable image, SDVariable weights) {
        SDVariable experts = graph.parameter("W").reshape(numExperts, expertSize());
        return convolveExamples(graph, image, Matrices.product(weights, experts, numExperts, expertSize()));
    }

    /** One matrix product an example: its weights [1, E] times its outputs [E, nOut H' W']. */
    private SDVariable convolveThenMix(BlockGraph graph, SDVariable image, SDVariable weights) {
        SDVariable outputs = convolveExperts(graph, image);
        SDVariable n = graph.size(image, 0);
        return weights.reshape(-1, 1, numExperts)
                .mmul(outputs.reshape(graph.shape(n, numExperts, -1)))
                .reshape(graph.shape(n, getNOut(), graph.size(outputs, 2), graph.size(outputs, 3)));
    }

    @Override
    protected List<VectorInput> vectorInputs() {
        return routing.fromInput() ? List.of(new VectorInput("routing weights", numExperts)) : List.of();
    }

    /** At inference, where {@link Mixing} may choose another way than in training. */
    @Override
    public long multiplyAdds(InputType input) {
        long convolution = expertSize() * positions(input);
        long outputs = getNOut() * positions(input);
        long mixed =
                mixesKernels(false) ? convolution + numExperts * expertSize() : numExperts * (convolution + outputs);
        return mixed + (hasBias ? numExperts * getNOut() : 0) + routing.multiplyAdds(getNIn(), numExperts);
    }

    /**
     * Settings of a conditional convolution.
     *
     * @param <T> the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> extends Convolution2DBlock.Builder<T> {
        private int numExperts = 8;
        private boolean hasBias = true;
        private boolean staticBias;
        private Routing routing = Routing.sigmoid();
        private Mixing mixing = Mixing.AUTO;

        protected Builder(int... kernelSize) {
            super(kernelSize);
        }

        /** Number of experts, at least 1; default 8, the paper's usual choice. */
        public T numExperts(int experts) {
            numExperts = experts;
            return self();
        }

        /** Whether the layer has (mixed) biases; default true. Leave it out where BatchNormalization follows. */
        public T hasBias(boolean bias) {
            hasBias = bias;
            return self();
        }

        /**
         * Whether the layer has a bias {@code bs} [nOut] that is added as it is, without routing; default false. It takes
         * in what a BatchNormalization after the layer adds, since routing weights need not sum to one.
         */
        public T staticBias(boolean bias) {
            staticBias = bias;
            return self();
        }

        /** Where the experts' weights come from; default {@link Routing#sigmoid()} of the layer's own input. */
        public T routing(Routing routing) {
            this.routing = routing;
            return self();
        }

        /** Whether kernels or outputs are mixed; default {@link Mixing#AUTO}. */
        public T mixing(Mixing mixing) {
            this.mixing = mixing;
            return self();
        }
    }
}
