package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.kernels.SampledPositions;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.PostOps;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sampling, convolution and interpolation in one: a mask is predicted from the input, the convolution is computed where
 * the mask samples, and the rest is interpolated (Xie et al., "Spatially Adaptive Inference with Stochastic Feature
 * Sampling and Interpolation", ECCV 2020). Input [N, nIn, H, W], output [N, nOut, H', W'] (or the same in NHWC).
 *
 * <pre>
 * m = sampling(x * maskW + maskb)                  {@link Sampling}, [N, 1, H', W']
 * y = activation(interpolation(x * W + b, m))      {@link Interpolation}
 * </pre>
 *
 * The official code's blocks activate and normalise before they interpolate and share masks between convolutions: see
 * {@link SamplingMask}, {@link MaskedConv2D} and {@link SampledResidualBlock}, which puts them together.
 *
 * <p>Parameters:
 *
 * <ul>
 *   <li>{@code W} [nOut, nIn, kH, kW] and, if there is a bias, {@code b} [nOut]
 *   <li>{@code maskW} [1, nIn, 3, 3], which starts at 0, and {@code maskb} [1], which starts at 3; not with
 *       {@link Sampling.Gate#UNIFORM}
 *   <li>{@code sigma} [1] or {@code kernel} [window, window], as the method of interpolation has it
 * </ul>
 *
 * The mask's window has the middle of the convolution's, whatever the padding. So outside ConvolutionMode.Same a window
 * with an even number of pixels is rejected, which has none.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class SampledConv2D extends SampledConvBlock implements Sampled {
    private static final long serialVersionUID = 1;
    /** The name by which {@code engine.Exposed} shows the mask [N, 1, H', W'] of a pass. */
    public static final String MASK = "mask";

    private Sampling sampling;
    private Interpolation.Method interpolation;
    private int window;

    private SampledConv2D(Builder builder) {
        super(builder);
        sampling = builder.sampling;
        interpolation = builder.interpolation;
        window = builder.window;
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        sampling.validate(this::require);
        interpolator().validate(this::require);
    }

    @Override
    public void setNIn(InputType input, boolean override) {
        super.setNIn(input, override);
        if (sampling.predicts()) {
            maskWindow();
        }
    }

    private Interpolator interpolator() {
        return new Interpolator(interpolation, window);
    }

    @Override
    protected void defineParameters(Parameters p) {
        super.defineParameters(p);
        if (sampling.predicts()) {
            p.constantWeight("maskW", 0, 1, getNIn(), MaskWindow.SIDE, MaskWindow.SIDE);
            p.bias("maskb", Sampling.FIRST_LOGIT, 1);
        }
        interpolator().defineParameters(p);
    }

    @Override
    protected SDVariable defineNCHW(BlockGraph graph, SDVariable image) {
        SDVariable logits = sampling.predicts() ? logits(graph, image) : null;
        SDVariable mask = new Sampler(sampling).mask(graph, logits, inputs -> Masks.shapeFor(this, inputs.get(0)));
        graph.expose(MASK, mask);
        return interpolator().interpolate(graph, convolve(graph, image), mask, getNOut());
    }

    @Override
    protected INDArray infer(InferencePass pass) {
        if (pass.dataType() != DataType.FLOAT) {
            return null;
        }
        SampledPositions sampled = SampledPositions.of(pass.value(MASK));
        SampledForward forward = new SampledForward(this, pass, sampled, PostOps.NONE);
        INDArray output = pass.newOutput(outputShape(pass.imageShape()));
        if (sampled.isAll() && OneDnn.isAvailable()) {
            forward.dense(pass.memory(output));
        } else {
            interpolator().infer(pass, forward.rows(), SampledForward.output(this, pass, output));
        }
        return output;
    }

    private MaskWindow maskWindow() {
        return new MaskWindow(this, this::require);
    }

    private SDVariable logits(BlockGraph graph, SDVariable image) {
        return maskWindow().convolve(graph, image, graph.parameter("maskW")).add(graph.parameter("maskb"));
    }

    /** Convolution, mask and interpolation of every position: an upper bound. */
    @Override
    public long multiplyAdds(InputType input) {
        return super.multiplyAdds(input)
                + maskMultiplyAdds(input)
                + interpolator().multiplyAdds(getOutputType(-1, input));
    }

    @Override
    public long multiplyAdds(InputType input, double density) {
        return super.multiplyAdds(input, density)
                + maskMultiplyAdds(input)
                + interpolator().multiplyAdds(getOutputType(-1, input), density);
    }

    private long maskMultiplyAdds(InputType input) {
        return sampling.predicts() ? convolutionMultiplyAdds(input, MaskWindow.SIDE * MaskWindow.SIDE) / getNOut() : 0;
    }

    /** Builds a {@link SampledConv2D}; see {@link Convolution2DBlock.Builder} for the convolution's settings. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends SampledConvBlock.Builder<Builder> {
        private Sampling sampling = Sampling.builder().build();
        private Interpolation.Method interpolation = Interpolation.Method.RBF;
        private int window = Interpolator.WINDOW;

        /**
         * @param kernelSize height and width of the window, or one number for both
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        /** How positions are chosen; default: the paper's way, see {@link Sampling}. */
        public Builder sampling(Sampling sampling) {
            this.sampling = sampling;
            return this;
        }

        /** How the other positions are filled; default {@link Interpolation.Method#RBF}. */
        public Builder interpolation(Interpolation.Method method) {
            interpolation = method;
            return this;
        }

        /** Side of the interpolation's window, odd; default 7. */
        public Builder window(int side) {
            window = side;
            return this;
        }

        @Override
        public SampledConv2D build() {
            return new SampledConv2D(this);
        }
    }
}
