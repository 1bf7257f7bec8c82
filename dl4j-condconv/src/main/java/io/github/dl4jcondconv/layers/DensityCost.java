package io.github.dl4jcondconv.layers;

import org.deeplearning4j.nn.conf.inputs.InputType;

/** A layer whose cost depends on the share of positions that its mask samples. */
public interface DensityCost {
    /**
     * Multiply-adds of one example as the official code counts them: a convolution's in proportion to the positions
     * sampled; an interpolation's in proportion to those filled and, for each, to those that it reads.
     *
     * @param density share of positions sampled, 0 to 1
     */
    long multiplyAdds(InputType input, double density);
}
