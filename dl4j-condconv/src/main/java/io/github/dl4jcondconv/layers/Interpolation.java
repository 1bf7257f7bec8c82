package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.kernels.SampledPositions;
import io.github.dl4jcondconv.kernels.SampledRows;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fills the positions that a mask leaves out from the sampled ones around them (Xie et al., "Spatially Adaptive Inference
 * with Stochastic Feature Sampling and Interpolation", ECCV 2020). Inputs: features [N, C, H, W] and a mask [N, 1, H, W]
 * of 0 to 1, such as {@link SamplingMask} makes (or both in NHWC); output: features of the same shape.
 *
 * <pre>
 * y(i) = m(i) x(i) + (1 - m(i)) * sum_j(w(i-j) m(j) x(j)) / (sum_j(w(i-j) m(j)) + 1e-5)
 * </pre>
 *
 * j runs over a square window around i. Where the window holds no sampled position, y(i) is 0. The features of positions
 * with m = 0 are not looked at. Add it with {@code MultiInputVertex.addLayer(graph, name, layer, features, mask)}.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class Interpolation extends ImageBlock implements DensityCost {
    private static final long serialVersionUID = 1;

    /** What weighs the sampled positions of a window. */
    public enum Method {
        /**
         * w(d) = sigma^2 / (2 pi) exp(-sigma^2 |d|^2 / 2), the paper's. The trained {@code sigma} [1] is an inverse
         * width, in 1 / pixel. At its first value of 3 a single sampled neighbour comes through at 0.999 of its value
         * from one pixel away and at 0.0022 from two: the kernel starts as 3x3, whatever the window.
         */
        RBF,
        /** w = |kernel|, {@code kernel} [window, window] trained from ones. */
        LEARNED,
        /** w = 1. */
        AVERAGE,
        /** No weights: y = m x. The paper's classification networks hardly lose by it. */
        NONE
    }

    private Method method;
    private int window;

    private Interpolation(Builder builder) {
        super(builder);
        method = builder.method;
        window = builder.window;
        if (getActivationFn() == null) {
            setActivationFn(new ActivationIdentity());
        }
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        interpolator().validate(this::require);
    }

    private Interpolator interpolator() {
        return new Interpolator(method, window);
    }

    @Override
    protected int inputCount() {
        return 2;
    }

    @Override
    protected void defineParameters(Parameters p) {
        interpolator().defineParameters(p);
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        SDVariable features = toNCHW(graph.input(0));
        SDVariable mask = toNCHW(graph.input(1));
        return fromNCHW(interpolator().interpolate(graph, features, mask, getNIn()));
    }

    @Override
    protected boolean hasImageKernels() {
        return true;
    }

    @Override
    protected INDArray infer(InferencePass pass) {
        // What the kernels know
        if (pass.dataType() != DataType.FLOAT) {
            return null;
        }
        SampledPositions sampled = SampledPositions.of(toNCHW(pass.input(1)));
        INDArray output = pass.newOutput(pass.imageShape());
        INDArray rows = pass.rows();
        if (rows == null && sampled.isAll() && OneDnn.isAvailable()) {
            Reorder.copy(pass.image(), pass.memory(output));
        } else {
            SampledRows known = rows == null ? known(pass, sampled) : new SampledRows(sampled, rows);
            interpolator().infer(pass, known, SampledForward.output(this, pass, output));
        }
        return output;
    }

    private SampledRows known(InferencePass pass, SampledPositions sampled) {
        INDArray features = pass.kept(DataType.FLOAT, SampledRows.shape(sampled, pass.imageShape()[1]));
        return new SampledRows(sampled, features).from(SampledForward.input(this, pass));
    }

    @Override
    protected boolean takesRows() {
        return true;
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType input) {
        return image(input);
    }

    @Override
    protected void validateInputTypes(List<InputType> types) {
        Masks.requireType(types.get(1), types.get(0), this::require);
    }

    /** Every weight of the window counts at every position, as in a dense pass: an upper bound. */
    @Override
    public long multiplyAdds(InputType input) {
        return interpolator().multiplyAdds(input);
    }

    @Override
    public long multiplyAdds(InputType input, double density) {
        return interpolator().multiplyAdds(input, density);
    }

    @Override
    protected void validateInputs(List<long[]> shapes) {
        super.validateInputs(shapes);
        long[] expected = shapes.get(0).clone();
        expected[getDataFormat() == CNN2DFormat.NHWC ? 3 : 1] = 1;
        Masks.requireShape(shapes.get(1), expected, this::require);
    }

    /** Builds an {@link Interpolation}. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends ImageBlock.Builder<Builder> {
        private final Method method;
        private int window = Interpolator.WINDOW;

        /** Interpolation by {@link Method#RBF}. */
        public Builder() {
            this(Method.RBF);
        }

        public Builder(Method method) {
            this.method = method;
        }

        /** Side of the window, odd; default 7. */
        public Builder window(int side) {
            window = side;
            return this;
        }

        @Override
        public Interpolation build() {
            return new Interpolation(this);
        }
    }
}
