package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/** The stock layer that a block of this library becomes when its kernel is fixed. */
final class StockConvolution {
    private StockConvolution() {}

    /** A convolution with the block's geometry, activation and settings for training. */
    static ConvolutionLayer like(Convolution2DBlock block) {
        ConvolutionLayer layer = new ConvolutionLayer.Builder(block.getKernelSize())
                .nIn(block.getNIn())
                .nOut(block.getNOut())
                .stride(block.getStride())
                .padding(block.getPadding())
                .dilation(block.getDilation())
                .convolutionMode(block.getConvolutionMode())
                .dataFormat(block.getDataFormat())
                .activation(block.getActivationFn())
                .weightInit(block.getWeightInitFn())
                .biasInit(block.getBiasInit())
                .updater(block.getUpdater())
                .biasUpdater(block.getBiasUpdater())
                .gradientNormalization(block.getGradientNormalization())
                .gradientNormalizationThreshold(block.getGradientNormalizationThreshold())
                .build();
        layer.setRegularization(block.getRegularization());
        layer.setRegularizationBias(block.getRegularizationBias());
        layer.setIDropout(block.getIDropout());
        layer.setConstraints(onKernel(block.getConstraints()));
        return layer;
    }

    /** What held for the kernels of the block holds for the one kernel that they became. */
    private static List<LayerConstraint> onKernel(List<LayerConstraint> ofBlock) {
        if (ofBlock == null) {
            return null;
        }
        ofBlock.removeIf(constraint -> constraint.getParams().stream().noneMatch(name -> name.startsWith("W")));
        ofBlock.forEach(constraint -> constraint.setParams(Set.of("W")));
        return ofBlock;
    }
}
