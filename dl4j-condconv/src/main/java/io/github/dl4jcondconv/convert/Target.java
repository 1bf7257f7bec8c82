package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kind of block that can stand for a stock convolution. */
interface Target {

    /** The target that a builder stands for. */
    static Target of(Supplier<? extends Convolution2DBlock.Builder<?>> template) {
        Convolution2DBlock.Builder<?> builder = template.get();
        // builds a small layer, so that bad options fail here and not with the first convolution; only a layer with a
        // name
        // checks them
        builder.kernelSize(3).nOut(1).name("template").build();
        if (builder instanceof AsymmetricConvBlock.Builder) {
            return new ToAsymmetricConvBlock(() -> (AsymmetricConvBlock.Builder) template.get());
        }
        if (builder instanceof CondConv2D.Builder) {
            return ToCondConv2D.of(() -> (CondConv2D.Builder) template.get());
        }
        if (builder instanceof WeightNetConv2D.Builder) {
            return ToWeightNetConv2D.of(() -> (WeightNetConv2D.Builder) template.get());
        }
        throw new IllegalArgumentException("Convert: the block is "
                + builder.getClass().getEnclosingClass().getSimpleName()
                + ", allowed: AsymmetricConvBlock, CondConv2D or WeightNetConv2D");
    }

    /**
     * Why a block cannot stand for a convolution, or usually does not; empty if it does.
     *
     * @param usersChoice whether the user has asked for this one, so that only what cannot be done is an objection
     */
    Optional<String> objection(ConvolutionLayer convolution, boolean usersChoice);

    /** Whether the block takes in a BatchNormalization that follows. */
    default boolean normalises() {
        return false;
    }

    /** The block for a convolution. */
    Convolution2DBlock layer(Original original);

    /**
     * Sets a block's parameters such that it computes at inference what the original does.
     *
     * @param block made by {@link #layer}
     * @param parameters of the block as they start, in double precision; written to
     */
    void keep(Original original, Convolution2DBlock block, Map<String, INDArray> parameters);

    /** Where the original's weights are, in words. */
    String kept();
}
