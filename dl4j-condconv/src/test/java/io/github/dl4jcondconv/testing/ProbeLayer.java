package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The smallest layer that has one of everything the engine offers. With h = x W + b it answers gamma (h - mean), in
 * training times noise in [1/2, 3/2) if there is noise; the auxiliary loss is a multiple of the mean of h squared, and
 * {@code mean} moves a tenth of the way to the batch's mean of h. {@code unused} is a weight that nothing reads.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class ProbeLayer extends SameDiffBlock {
    private static final long serialVersionUID = 1;
    public static final double DECAY = 0.9;

    private long nIn;
    private long nOut;
    private boolean noise;
    private double auxiliaryLoss;

    private ProbeLayer(Builder builder) {
        super(builder);
        nIn = builder.nIn;
        nOut = builder.nOut;
        noise = builder.noise;
        auxiliaryLoss = builder.auxiliaryLoss;
        initializeConstraints(builder);
    }

    @Override
    protected void defineParameters(Parameters p) {
        double offset = Double.isNaN(getBiasInit()) ? 0 : getBiasInit();
        p.weight("W", nIn, nOut, nIn, nOut)
                .weight("unused", nIn, nOut, 2, nOut)
                .bias("b", offset, nOut)
                .scale("gamma", 1, nOut)
                .state("mean", 0, nOut);
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        SDVariable h = graph.input().mmul(graph.parameter("W")).add(graph.parameter("b"));
        SDVariable mean = graph.parameter("mean");
        // Rank 3: ND4J's executioner takes a reduction of a single row for a no-op and fails on it
        SDVariable ofBatch = h.reshape(-1, nOut, 1).mean(0, 2);
        graph.updateState("mean", mean.mul(DECAY).add(ofBatch.mul(1 - DECAY)));
        if (auxiliaryLoss != 0) {
            graph.auxiliaryLoss(graph.sameDiff().math().square(h).mean().mul(auxiliaryLoss));
        }
        SDVariable y = h.sub(mean).mul(graph.parameter("gamma"));
        return noise && graph.training() ? y.mul(noise(graph)) : y;
    }

    private SDVariable noise(BlockGraph graph) {
        return graph.uniformNoise("noise", 2, inputs -> new long[] {inputs.get(0)[0], nOut})
                .add(0.5);
    }

    @Override
    public void setNIn(InputType input, boolean override) {
        nIn = ((InputTypeFeedForward) input).getSize();
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType input) {
        return InputType.feedForward(nOut);
    }

    @Override
    public long multiplyAdds(InputType input) {
        return nIn * nOut;
    }

    @Override
    protected void validateInputs(List<long[]> shapes) {}

    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends SameDiffBlock.Builder<Builder> {
        private long nIn;
        private long nOut = 3;
        private boolean noise;
        private double auxiliaryLoss;

        public Builder nIn(long size) {
            nIn = size;
            return this;
        }

        public Builder nOut(long size) {
            nOut = size;
            return this;
        }

        public Builder noise(boolean drawn) {
            noise = drawn;
            return this;
        }

        public Builder auxiliaryLoss(double factor) {
            auxiliaryLoss = factor;
            return this;
        }

        @Override
        public ProbeLayer build() {
            return new ProbeLayer(this);
        }
    }
}
