package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What convolutions share of which only some output positions are wanted: the parameters {@code W} [nOut, nIn, kH, kW]
 * and, if there is a bias, {@code b} [nOut].
 *
 * <p>At inference, on a CPU and in FLOAT, only the positions that the mask samples are computed where that takes less
 * time, as estimated from the sizes and the number of positions. The system property {@code condconv.sparse-density}
 * sets a bound from 0 to 1 on the share of sampled positions instead. The results are the same to rounding.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PROTECTED)
public abstract class SampledConvBlock extends Convolution2DBlock implements DensityCost {
    private static final long serialVersionUID = 1;

    private boolean hasBias;

    protected SampledConvBlock(Builder<?> builder) {
        super(builder);
        hasBias = builder.hasBias;
    }

    private long taps() {
        return (long) getKernelSize()[0] * getKernelSize()[1];
    }

    @Override
    protected void defineParameters(Parameters p) {
        int[] k = getKernelSize();
        p.weight("W", getNIn() * taps(), getNOut() * taps(), getNOut(), getNIn(), k[0], k[1]);
        if (hasBias) {
            p.bias("b", Double.isNaN(getBiasInit()) ? 0 : getBiasInit(), getNOut());
        }
    }

    /** The convolution at every position. */
    protected final SDVariable convolve(BlockGraph graph, SDVariable image) {
        SDVariable output = Dilation.convolve(graph, this, image, graph.parameter("W"), getNOut());
        return hasBias ? output.add(graph.parameter("b").reshape(1, getNOut(), 1, 1)) : output;
    }

    @Override
    protected boolean hasImageKernels() {
        return true;
    }

    /** With every position sampled: an upper bound. */
    @Override
    public long multiplyAdds(InputType input) {
        return convolutionMultiplyAdds(input, taps());
    }

    @Override
    public long multiplyAdds(InputType input, double density) {
        return Math.round(density * convolutionMultiplyAdds(input, taps()));
    }

    /**
     * Settings of a sampled convolution.
     *
     * @param <T> the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> extends Convolution2DBlock.Builder<T> {
        private boolean hasBias = true;

        protected Builder(int... kernelSize) {
            super(kernelSize);
        }

        /** Whether the layer has a bias; default true. Leave it out where BatchNormalization follows. */
        public T hasBias(boolean bias) {
            hasBias = bias;
            return self();
        }
    }
}
