package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.fusion.BatchNorms;
import io.github.dl4jcondconv.fusion.NetworkDraft;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A stock convolution that a block is to replace.
 *
 * @param draft the network it stands in
 * @param vertex its name
 * @param normalisation the name of the BatchNormalization that the block takes in; null if it takes in none
 */
record Original(NetworkDraft draft, String vertex, String normalisation) {

    /** Why no block can stand for a ConvolutionLayer, whatever the block; empty if one can. */
    static Optional<String> objection(NetworkDraft draft, String vertex) {
        ConvolutionLayer layer = (ConvolutionLayer) draft.layer(vertex);
        if (layer.getClass() != ConvolutionLayer.class && layer.getClass() != Convolution2D.class) {
            return Optional.of("a " + draft.className(vertex) + ", not a ConvolutionLayer");
        }
        if (draft.isFrozen(vertex)) {
            return Optional.of("frozen");
        }
        if (layer.getConvolutionMode() == ConvolutionMode.Causal) {
            return Optional.of("ConvolutionMode.Causal, which is for sequences");
        }
        if (layer.getWeightNoise() != null) {
            return Optional.of("weight noise ("
                    + layer.getWeightNoise().getClass().getSimpleName() + "), which only layers of DL4J have");
        }
        return layer.getConstraints() == null || layer.getConstraints().isEmpty()
                ? Optional.empty()
                : Optional.of("constraints, which are stated for its own weights");
    }

    ConvolutionLayer layer() {
        return (ConvolutionLayer) draft.layer(vertex);
    }

    Optional<BatchNormalization> normalisationLayer() {
        return Optional.ofNullable(normalisation).map(name -> (BatchNormalization) draft.layer(name));
    }

    INDArray kernel() {
        return draft.parameter(vertex, "W").castTo(DataType.DOUBLE);
    }

    /** Zeros where the convolution has none. */
    INDArray bias() {
        return layer().hasBias()
                ? draft.parameter(vertex, "b").castTo(DataType.DOUBLE).reshape(layer().getNOut())
                : Nd4j.zeros(DataType.DOUBLE, layer().getNOut());
    }

    INDArray gamma() {
        return ofNormalisation(draft.parameter(normalisation, BatchNormalizationParamInitializer.GAMMA));
    }

    INDArray beta() {
        return ofNormalisation(draft.parameter(normalisation, BatchNormalizationParamInitializer.BETA));
    }

    INDArray mean() {
        return ofNormalisation(draft.parameter(normalisation, BatchNormalizationParamInitializer.GLOBAL_MEAN));
    }

    INDArray variance() {
        return ofNormalisation(
                BatchNorms.variance(draft, normalisation, normalisationLayer().orElseThrow()));
    }

    private INDArray ofNormalisation(INDArray parameter) {
        return parameter.castTo(DataType.DOUBLE).reshape(layer().getNOut());
    }

    /** Gives a builder everything that it has in common with the convolution. */
    <B extends Convolution2DBlock.Builder<B>> B like(B builder) {
        ConvolutionLayer c = layer();
        builder.name(vertex);
        return builder.kernelSize(c.getKernelSize())
                .nIn(c.getNIn())
                .nOut(c.getNOut())
                .stride(c.getStride())
                // DL4J's own layer ignores it there
                .padding(c.getConvolutionMode() == ConvolutionMode.Same ? new int[] {0} : c.getPadding())
                .dilation(c.getDilation())
                .convolutionMode(c.getConvolutionMode())
                .dataFormat(c.getCnn2dDataFormat())
                .activation(c.getActivationFn())
                .biasInit(c.getBiasInit());
    }

    /** Gives a block the convolution's settings for training. */
    void settingsTo(Convolution2DBlock block) {
        ConvolutionLayer c = layer();
        block.setUpdater(c.getIUpdater());
        block.setBiasUpdater(c.getBiasUpdater());
        block.setRegularization(c.getRegularization());
        block.setRegularizationBias(c.getRegularizationBias());
        block.setGradientNormalization(c.getGradientNormalization());
        block.setGradientNormalizationThreshold(c.getGradientNormalizationThreshold());
        block.setIDropout(c.getIDropout());
    }
}
