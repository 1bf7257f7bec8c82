package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import java.util.Arrays;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.nd4j.autodiff.samediff.SDVariable;

/** The smallest layer with two inputs, features and a gate of the output's size: (x W) * gate. */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class GatedLayer extends SameDiffBlock {
    private static final long serialVersionUID = 1;

    private long nIn;
    private long nOut;

    private GatedLayer(Builder builder) {
        super(builder);
        nOut = builder.nOut;
        initializeConstraints(builder);
    }

    @Override
    protected int inputCount() {
        return 2;
    }

    @Override
    protected void defineParameters(Parameters p) {
        p.weight("W", nIn, nOut, nIn, nOut);
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        return graph.input(0).mmul(graph.parameter("W")).mul(graph.input(1));
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
    protected void validateInputs(List<long[]> shapes) {
        if (shapes.get(1)[1] != nOut) {
            throw new IllegalArgumentException(describe() + ": gate is " + Arrays.toString(shapes.get(1))
                    + ", allowed: nOut = " + nOut + " columns");
        }
    }

    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends SameDiffBlock.Builder<Builder> {
        private long nOut = 3;

        public Builder nOut(long size) {
            nOut = size;
            return this;
        }

        @Override
        public GatedLayer build() {
            return new GatedLayer(this);
        }
    }
}
