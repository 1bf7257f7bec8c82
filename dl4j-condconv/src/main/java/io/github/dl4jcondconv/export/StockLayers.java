package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;

/** Writers of DL4J's layers. */
final class StockLayers {
    private StockLayers() {}

    static void addTo(WriterTable table) {
        table.add(ConvolutionLayer.class, FilterWriter.ofStock(ConvolutionWriters::convolution));
        table.add(Convolution2D.class, FilterWriter.ofStock(ConvolutionWriters::convolution));
        table.add(DepthwiseConvolution2D.class, FilterWriter.ofStock(ConvolutionWriters::depthwise));
        table.add(SeparableConvolution2D.class, FilterWriter.ofStock(ConvolutionWriters::separable));
        table.add(Deconvolution2D.class, FilterWriter.ofStock(ConvolutionWriters::deconvolution));
        table.add(DenseLayer.class, new DenseWriter<>());
        table.add(OutputLayer.class, new DenseWriter<>());
        table.add(CenterLossOutputLayer.class, new DenseWriter<>());
        table.add(AutoEncoder.class, new DenseWriter<>());
        table.add(BatchNormalization.class, new BatchNormalizationWriter());
        table.add(SubsamplingLayer.class, new SubsamplingWriter());
        table.add(Pooling2D.class, new SubsamplingWriter());
        table.add(GlobalPoolingLayer.class, new GlobalPoolingWriter());
        table.add(Yolo2OutputLayer.class, new Yolo2OutputWriter());
        table.addOnImages(ZeroPaddingLayer.class, ImageWriters::zeroPadding, ZeroPaddingLayer::getDataFormat);
        table.addOnImages(Cropping2D.class, ImageWriters::cropping, Cropping2D::getDataFormat);
        table.addOnImages(Upsampling2D.class, ImageWriters::upsampling, Upsampling2D::getFormat);
        table.addOnImages(SpaceToDepthLayer.class, ImageWriters::spaceToDepth, SpaceToDepthLayer::getDataFormat);
        table.addOnImages(
                LocalResponseNormalization.class,
                ImageWriters::localResponseNormalization,
                LocalResponseNormalization::getDataFormat);
        table.addOnImages(CnnLossLayer.class, ImageWriters::cnnLoss, CnnLossLayer::getFormat);
        table.addUnary(ActivationLayer.class, (layer, x, scope) -> scope.write(layer.getActivationFn(), x));
        table.addUnary(LossLayer.class, (layer, x, scope) -> scope.write(layer.getActivationFn(), x));
        table.addUnary(DropoutLayer.class, (layer, x, scope) -> x);
        table.addUnary(MaskLayer.class, (layer, x, scope) -> x);
        table.add(LocallyConnected2D.class, new LocallyConnectedWriter());
        table.add(EmbeddingLayer.class, new EmbeddingWriter());
        table.addUnary(PReLULayer.class, LayerWriters::prelu);
        table.add(ElementWiseMultiplicationLayer.class, new ElementWiseMultiplicationWriter());
        table.add(FrozenLayer.class, new LayerWriters.Wrapper<>(FrozenLayer::getLayer));
        table.add(FrozenLayerWithBackprop.class, new LayerWriters.Wrapper<>(FrozenLayerWithBackprop::getUnderlying));
    }
}
