package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.kernels.SampledPositions;
import io.github.dl4jcondconv.kernels.SampledRows;
import io.github.dl4jcondconv.kernels.SparseInterpolation;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.PostOps;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution that at inference is wanted only where a mask is above 0. Inputs: an image [N, nIn, H, W] and a mask
 * [N, 1, H', W'], such as {@link SamplingMask} makes; output [N, nOut, H', W'] (or all in NHWC).
 *
 * <pre>
 * training:   y = activation(x * W + b)                     at every position
 * inference:  y = activation(x * W + b) where m &gt; 0, activation(0) elsewhere
 * </pre>
 *
 * An {@link Interpolation} with the same mask must follow, after any layers that treat positions one by one, such as
 * BatchNormalization, ReLU and 1x1 convolutions with the same mask. It does not look at the positions left out, so that
 * the network's output is the same as if they were computed. In training the soft mask has a share of every position, and
 * BatchNormalization takes its statistics over all of them, as the official code does.
 *
 * <p>Parameters: {@code W} [nOut, nIn, kH, kW] and, if there is a bias, {@code b} [nOut]. Add it with {@code
 * MultiInputVertex.addLayer(graph, name, layer, image, mask)}.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class MaskedConv2D extends SampledConvBlock {
    private static final long serialVersionUID = 1;

    private static final SparseInterpolation ZERO_FILLED = new SparseInterpolation(new float[0], 0);

    private MaskedConv2D(Builder builder) {
        super(builder);
        initializeConstraints(builder);
    }

    @Override
    protected int inputCount() {
        return 2;
    }

    @Override
    protected SDVariable defineNCHW(BlockGraph graph, SDVariable image) {
        SDVariable output = convolve(graph, image);
        if (graph.training()) {
            return output;
        }
        SDVariable mask = toNCHW(graph.input(1));
        return output.mul(mask.gt(0).castTo(graph.dataType()));
    }

    @Override
    protected INDArray infer(InferencePass pass) {
        if (pass.dataType() != DataType.FLOAT) {
            return null;
        }
        boolean rectified = OneDnn.isAvailable() && new ActivationReLU().equals(getActivationFn());
        PostOps after = rectified ? PostOps.of(Eltwise.Function.RELU) : PostOps.NONE;
        SampledPositions sampled = SampledPositions.of(toNCHW(pass.input(1)));
        SampledForward forward = new SampledForward(this, pass, sampled, after);
        INDArray output = pass.mayGiveRows() ? unfilled(forward, pass, sampled) : masked(forward, pass, sampled);
        return rectified ? pass.activated(output) : output;
    }

    /** Rows of the sampled positions alone, or images with values anywhere. */
    private INDArray unfilled(SampledForward forward, InferencePass pass, SampledPositions sampled) {
        if (forward.isSparse()) {
            INDArray rows = pass.newRows(sampled.count(), getNOut());
            forward.sparse(new SampledRows(sampled, rows));
            return rows;
        }
        INDArray images = pass.newOutput(outputShape(pass.imageShape()));
        forward.dense(pass.memory(images));
        return images;
    }

    private INDArray masked(SampledForward forward, InferencePass pass, SampledPositions sampled) {
        INDArray output = pass.newOutput(outputShape(pass.imageShape()));
        if (sampled.density() == 1 && OneDnn.isAvailable()) {
            forward.dense(pass.memory(output));
        } else {
            SampledRows rows = new SampledRows(sampled.binary(), forward.rows().features());
            ZERO_FILLED.apply(rows, SampledForward.output(this, pass, output));
        }
        return output;
    }

    @Override
    protected boolean givesRows() {
        return true;
    }

    @Override
    protected void validateInputTypes(List<InputType> types) {
        Masks.requireType(types.get(1), getOutputType(-1, types.get(0)), this::require);
    }

    @Override
    protected void validateInputs(List<long[]> shapes) {
        super.validateInputs(shapes);
        long[] expected = Masks.shapeFor(this, shapes.get(0));
        Masks.requireShape(shapes.get(1), Masks.inFormat(getDataFormat(), expected), this::require);
    }

    /** Builds a {@link MaskedConv2D}; see {@link Convolution2DBlock.Builder} for the convolution's settings. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends SampledConvBlock.Builder<Builder> {
        /**
         * @param kernelSize height and width of the window, or one number for both
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        @Override
        public MaskedConv2D build() {
            return new MaskedConv2D(this);
        }
    }
}
