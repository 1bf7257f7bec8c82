package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.engine.VectorInput;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;

/** What WeightNet's convolutions share: a context, gates, and a grouped layer that makes a kernel of them. */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PROTECTED)
public abstract class WeightNetBlock extends Convolution2DBlock {
    private static final long serialVersionUID = 1;

    private int m;
    private int g;
    private long contextSize;
    private boolean sharedContext;
    private boolean staticBias;

    protected WeightNetBlock(Builder<?> builder) {
        super(builder);
        m = builder.m;
        g = builder.g;
        contextSize = builder.contextSize;
        sharedContext = builder.sharedContext;
        staticBias = builder.staticBias;
        WeightInitWeightNet.unlessChosen(this);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(g >= 1, "g", g, "at least 1");
        require(m >= 1 && m % g == 0, "m", m, "a multiple of g = " + g);
        require(contextSize >= 0, "contextSize", contextSize, "at least 1, or 0 for max(16, nIn / 16)");
    }

    /** Number of groups of the layer that makes the kernel; each makes a slice of it from its own m / g gates. */
    protected abstract long groups();

    /** Number of weights of a kernel. */
    protected abstract long kernelLength();

    /** Convolves each example with its own kernel [N, kernelLength]. */
    protected abstract SDVariable convolveExamples(BlockGraph graph, SDVariable image, SDVariable kernels);

    @Override
    protected final void defineParameters(Parameters p) {
        if (!sharedContext) {
            KernelContext.define(p, getNIn(), context());
        }
        p.weight("fc1W", context(), gates(), context(), gates());
        p.bias("fc1b", 0, gates());
        double taps = (double) getKernelSize()[0] * getKernelSize()[1];
        p.weight("fc2W", slice(), getNOut() * taps, kernelLength(), m / g);
        if (staticBias) {
            p.bias("bs", Double.isNaN(getBiasInit()) ? 0 : getBiasInit(), getNOut());
        }
    }

    @Override
    protected SDVariable defineNCHW(BlockGraph graph, SDVariable image) {
        SDVariable context = sharedContext ? graph.input(1) : KernelContext.of(graph, image);
        SDVariable gates = graph.sameDiff().nn().sigmoid(Matrices.affine(graph, context, "fc1"));
        SDVariable output = convolveExamples(graph, image, kernels(graph, gates));
        return staticBias ? output.add(graph.parameter("bs").reshape(1, getNOut(), 1, 1)) : output;
    }

    /** One matrix product a group: its gates [N, m / g] times its part of fc2W, transposed [m / g, slice]. */
    private SDVariable kernels(BlockGraph graph, SDVariable gates) {
        SDVariable byGroup = gates.reshape(-1, groups(), m / g).permute(1, 0, 2);
        SDVariable fc2 =
                graph.parameter("fc2W").reshape(groups(), slice(), m / g).permute(0, 2, 1);
        return byGroup.mmul(fc2).permute(1, 0, 2);
    }

    private long context() {
        return contextSize > 0 ? contextSize : KernelContext.usualSize(getNIn());
    }

    private long gates() {
        return m / g * groups();
    }

    private long slice() {
        return groups() == 0 ? 0 : kernelLength() / groups();
    }

    @Override
    protected List<VectorInput> vectorInputs() {
        return sharedContext ? List.of(new VectorInput("context", context())) : List.of();
    }

    @Override
    public long multiplyAdds(InputType input) {
        long reduce = sharedContext ? 0 : getNIn() * context();
        return kernelLength() * positions(input) + reduce + context() * gates() + kernelLength() * (m / g);
    }

    /**
     * Settings of a WeightNet convolution.
     *
     * @param <T> the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> extends Convolution2DBlock.Builder<T> {
        private int m = 2;
        private int g = 2;
        private long contextSize;
        private boolean sharedContext;
        private boolean staticBias;

        protected Builder(int... kernelSize) {
            super(kernelSize);
        }

        /** The paper's M, a multiple of {@link #g}; default 2, as in its "1x" networks. */
        public T m(int m) {
            this.m = m;
            return self();
        }

        /** The paper's G; default 2. */
        public T g(int g) {
            this.g = g;
            return self();
        }

        /** Size R of the context, shared or own; default max(16, nIn / 16) of the layer's own nIn. */
        public T contextSize(long size) {
            contextSize = size;
            return self();
        }

        /** Whether the context is the layer's second input, from a {@link KernelContext}; default false. */
        public T sharedContext(boolean shared) {
            sharedContext = shared;
            return self();
        }

        /**
         * Whether the layer has a bias {@code bs} [nOut] that no gate scales; default false. It takes in what a
         * BatchNormalization after the layer adds.
         */
        public T staticBias(boolean bias) {
            staticBias = bias;
            return self();
        }
    }
}
