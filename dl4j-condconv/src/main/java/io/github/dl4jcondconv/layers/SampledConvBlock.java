package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.kernels.SparseConvolution;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What convolutions share of which only some output positions are wanted: the parameters {@code W} [nOut, nIn, kH, kW]
 * and, if there is a bias, {@code b} [nOut].
 *
 * <p>At inference, on a CPU and in FLOAT, a mask that samples at most a quarter of all positions has only those computed;
 * with more it is faster to compute all. The system property {@code condconv.sparse-density} sets another bound from 0
 * to 1. The results are the same to rounding.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PROTECTED)
public abstract class SampledConvBlock extends Convolution2DBlock implements DensityCost {
    private static final long serialVersionUID = 1;

    private static final String SPARSE_DENSITY = "condconv.sparse-density";
    /** Measured on two cores with AVX-512, 3x3 windows of 64 to 256 channels, against oneDNN. */
    private static final String BREAK_EVEN = "0.25";

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

    /**
     * Whether a mask samples few enough positions that gathering their windows is faster than convolving the whole image.
     * The kernels know FLOAT only.
     */
    protected final boolean isSparse(INDArray mask) {
        double largest = Double.parseDouble(System.getProperty(SPARSE_DENSITY, BREAK_EVEN));
        return mask.dataType() == DataType.FLOAT
                && mask.gt(0).castTo(DataType.FLOAT).meanNumber().doubleValue() <= largest;
    }

    /**
     * The convolution at the positions where the mask is above 0, and zeros elsewhere, computed there only.
     *
     * @param image NCHW
     * @param mask NCHW
     */
    protected final INDArray convolveSampled(InferencePass pass, INDArray image, INDArray mask) {
        int[] zerosBefore = getConvolutionMode() == ConvolutionMode.Same
                ? zerosAboveAndLeft(pass.input(0).shape()).stream()
                        .mapToInt(Integer::intValue)
                        .toArray()
                : getPadding();
        return new SparseConvolution(getKernelSize(), getStride(), zerosBefore, getDilation())
                .apply(image, mask, pass.parameter("W"), hasBias ? pass.parameter("b") : null);
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
