package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.TrainingPass;
import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * WeightNet convolution: every example is convolved with a kernel that a small network makes of its pooled features (Ma
 * et al., "WeightNet: Revisiting the Design Space of Weight Networks", ECCV 2020, section 3).
 *
 * <pre>
 * c = mean over H and W of x . reduceW + reduceb                        [N, R]
 * a = sigmoid(c . fc1W + fc1b)                                          [N, M nOut]
 * K_n,r = sum over j below M/G of fc2W_r,j a_n,gM/G+j                   g = r / (nIn kH kW / G), rounded down
 * y_n = activation(x_n * K_n)                                           [N, nOut, H', W']
 * </pre>
 *
 * where r counts the entries of the kernel [nOut, nIn, kH, kW]: each filter is G slices, and each slice depends on M/G
 * gates of its own. There is no bias unless asked for; BatchNormalization is meant to follow. CondConv is the case of one dense group for
 * all filters, and M = G = 1 is a convolution whose output channels squeeze-and-excitation scales (section 3.3).
 *
 * <p>Parameters: {@code reduceW} [nIn, R], {@code reduceb} [R], unless a {@link KernelContext} is shared; {@code fc1W}
 * [R, M nOut], {@code fc1b} [M nOut]; {@code fc2W} [nOut nIn kH kW, M/G], a row for each entry of the kernel; {@code bs}
 * [nOut], if there is a static bias. R = max(16, nIn / 16). Weights start as in the official code, {@link WeightInitWeightNet}, not by the network's setting.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class WeightNetConv2D extends WeightNetBlock {
    private static final long serialVersionUID = 1;

    private WeightNetConv2D(Builder builder) {
        super(builder);
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        checkSlices();
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        checkSlices();
    }

    private void checkSlices() {
        long filter = getNIn() * getKernelSize()[0] * getKernelSize()[1];
        require(filter % getG() == 0, "g", getG(), "a divisor of nIn * kH * kW = " + filter);
    }

    @Override
    protected long groups() {
        return getG() * getNOut();
    }

    @Override
    protected long kernelLength() {
        return getNOut() * getNIn() * getKernelSize()[0] * getKernelSize()[1];
    }

    @Override
    protected SDVariable convolveExamples(BlockGraph graph, SDVariable image, SDVariable kernels) {
        return ExampleKernels.convolve(graph, this, image, kernels);
    }

    @Override
    protected boolean hasImageKernels() {
        return WeightNetPass.fits(this);
    }

    @Override
    protected LayerPass train(TrainingPass pass) {
        return isCovered(pass) ? new WeightNetPass(this, pass) : null;
    }

    @Override
    protected INDArray infer(InferencePass pass) {
        return isCovered(pass) ? new WeightNetPass(this, pass).output() : null;
    }

    private boolean isCovered(ForwardPass pass) {
        return OneDnn.isAvailable()
                && pass.dataType() == DataType.FLOAT
                && !pass.isMasked()
                && WeightNetPass.fits(this);
    }

    @Override
    protected List<Integer> definingSizes(List<long[]> inputShapes) {
        return zerosAboveAndLeft(inputShapes.get(0));
    }

    @Override
    protected long workingElements(InputType input) {
        long window = getNIn() * getKernelSize()[0] * getKernelSize()[1];
        return window * (positions(input) + getNOut());
    }

    /**
     * Builds a {@link WeightNetConv2D}; see {@link WeightNetBlock.Builder} for the kernel's settings and
     * {@link Convolution2DBlock.Builder} for the convolution's own.
     */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends WeightNetBlock.Builder<Builder> {
        /**
         * @param kernelSize height and width of the window, or one number for both
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        @Override
        public WeightNetConv2D build() {
            return new WeightNetConv2D(this);
        }
    }
}
