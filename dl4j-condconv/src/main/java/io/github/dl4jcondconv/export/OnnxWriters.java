package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
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
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/**
 * The table of what can be exported: configuration class to writer. A class has to be in it itself, since a subclass may
 * compute something else.
 */
final class OnnxWriters {
    private static final Map<Class<?>, OnnxWriter<?>> TABLE = new HashMap<>();

    static {
        convolutions();
        otherLayers();
        vertices();
        preProcessors();
        activations();
    }

    private OnnxWriters() {}

    private static void convolutions() {
        add(ConvolutionLayer.class, new ConvolutionWriter<>());
        add(Convolution2D.class, new ConvolutionWriter<>());
        add(DepthwiseConvolution2D.class, new DepthwiseConvolutionWriter());
        add(SeparableConvolution2D.class, new SeparableConvolutionWriter());
        add(Deconvolution2D.class, new DeconvolutionWriter());
        add(AsymmetricConvBlock.class, new AsymmetricConvBlockWriter());
        add(CondConv2D.class, new CondConvWriter());
    }

    private static void otherLayers() {
        add(DenseLayer.class, new DenseWriter<>());
        add(OutputLayer.class, new DenseWriter<>());
        add(CenterLossOutputLayer.class, new DenseWriter<>());
        add(BatchNormalization.class, new BatchNormalizationWriter());
        add(SubsamplingLayer.class, new SubsamplingWriter());
        add(Pooling2D.class, new SubsamplingWriter());
        add(GlobalPoolingLayer.class, new GlobalPoolingWriter());
        add(Yolo2OutputLayer.class, new Yolo2OutputWriter());
        addOnImages(ZeroPaddingLayer.class, ImageWriters::zeroPadding, ZeroPaddingLayer::getDataFormat);
        addOnImages(Cropping2D.class, ImageWriters::cropping, Cropping2D::getDataFormat);
        addOnImages(Upsampling2D.class, ImageWriters::upsampling, Upsampling2D::getFormat);
        addOnImages(SpaceToDepthLayer.class, ImageWriters::spaceToDepth, SpaceToDepthLayer::getDataFormat);
        addOnImages(
                LocalResponseNormalization.class,
                ImageWriters::localResponseNormalization,
                LocalResponseNormalization::getDataFormat);
        addOnImages(CnnLossLayer.class, ImageWriters::cnnLoss, CnnLossLayer::getFormat);
        addUnary(ActivationLayer.class, (layer, x, scope) -> scope.write(layer.getActivationFn(), x));
        addUnary(LossLayer.class, (layer, x, scope) -> scope.write(layer.getActivationFn(), x));
        addUnary(DropoutLayer.class, (layer, x, scope) -> x);
        addUnary(PReLULayer.class, LayerWriters::prelu);
        add(ElementWiseMultiplicationLayer.class, new ElementWiseMultiplicationWriter());
        add(FrozenLayer.class, new LayerWriters.Wrapper<>(FrozenLayer::getLayer));
        add(FrozenLayerWithBackprop.class, new LayerWriters.Wrapper<>(FrozenLayerWithBackprop::getUnderlying));
    }

    private static void vertices() {
        add(LayerVertex.class, new VertexWriters.Layer());
        add(MergeVertex.class, new VertexWriters.Merge());
        add(ElementWiseVertex.class, VertexWriters::elementWise);
        add(L2Vertex.class, VertexWriters::l2);
        add(StackVertex.class, VertexWriters::stack);
        addUnary(UnstackVertex.class, VertexWriters::unstack);
        addUnary(SubsetVertex.class, VertexWriters::subset);
        addUnary(ScaleVertex.class, VertexWriters::scale);
        addUnary(ShiftVertex.class, VertexWriters::shift);
        addUnary(L2NormalizeVertex.class, VertexWriters::l2Normalize);
        addUnary(ReshapeVertex.class, VertexWriters::reshape);
        addUnary(PoolHelperVertex.class, VertexWriters::poolHelper);
        addUnary(PreprocessorVertex.class, (vertex, x, scope) -> scope.write(vertex.getPreProcessor(), x));
        add(FrozenVertex.class, (vertex, inputs, scope) -> write(vertex.getUnderlying(), inputs, scope));
    }

    private static void preProcessors() {
        add(CnnToFeedForwardPreProcessor.class, new PreProcessorWriters.CnnToFeedForward());
        add(FeedForwardToCnnPreProcessor.class, new PreProcessorWriters.FeedForwardToCnn());
        addUnary(ReshapePreprocessor.class, PreProcessorWriters::reshape);
        addUnary(PermutePreprocessor.class, PreProcessorWriters::permute);
        add(ComposableInputPreProcessor.class, new PreProcessorWriters.Composed());
    }

    private static void activations() {
        addUnary(ActivationIdentity.class, (function, x, scope) -> x);
        addUnary(ActivationReLU6.class, ActivationWriters::relu6);
        addUnary(ActivationHardTanH.class, ActivationWriters::hardTanh);
        addUnary(ActivationHardSigmoid.class, ActivationWriters::hardSigmoid);
        addUnary(ActivationCube.class, ActivationWriters::cube);
        addUnary(ActivationRectifiedTanh.class, ActivationWriters::rectifiedTanh);
        addUnary(ActivationRationalTanh.class, ActivationWriters::rationalTanh);
        addUnary(ActivationSwish.class, ActivationWriters::swish);
        addUnary(ActivationMish.class, ActivationWriters::mish);
        addOperator(ActivationSELU.class, OnnxOp.SELU);
        addOperator(ActivationSigmoid.class, OnnxOp.SIGMOID);
        addOperator(ActivationSoftPlus.class, OnnxOp.SOFTPLUS);
        addOperator(ActivationSoftSign.class, OnnxOp.SOFTSIGN);
        addOperator(ActivationTanH.class, OnnxOp.TANH);
        addUnary(ActivationReLU.class, ActivationWriters::relu);
        addUnary(ActivationRReLU.class, ActivationWriters::randomizedRelu);
        addUnary(ActivationLReLU.class, ActivationWriters::leakyRelu);
        addUnary(ActivationELU.class, ActivationWriters::elu);
        addUnary(ActivationThresholdedReLU.class, ActivationWriters::thresholdedRelu);
        addUnary(ActivationGELU.class, ActivationWriters::gelu);
        addUnary(ActivationSoftmax.class, ActivationWriters::softmax);
    }

    /** Writes with the table's writer, or records that there is none. */
    static Value write(Object config, List<Value> inputs, VertexScope scope) {
        OnnxWriter<Object> writer = find(config);
        if (writer == null) {
            scope.reject(config, "no ONNX form of it is known");
            return inputs.get(0).withRank(Value.UNKNOWN).withTransposed(false);
        }
        return writer.write(config, inputs, scope);
    }

    /** What the configuration says about its input. */
    static InputShape inputShape(Object config) {
        OnnxWriter<Object> writer = find(config);
        return writer == null ? InputShape.AS_CONSUMERS : writer.inputShape(config);
    }

    @SuppressWarnings("unchecked") // add() stores each class with a writer of that class
    private static OnnxWriter<Object> find(Object config) {
        return (OnnxWriter<Object>) TABLE.get(config.getClass());
    }

    private static <T> void add(Class<T> type, OnnxWriter<? super T> writer) {
        TABLE.put(type, writer);
    }

    private static <T> void addUnary(Class<T> type, OnnxWriter.Unary<T> writer) {
        add(type, writer);
    }

    private static <L> void addOnImages(Class<L> type, OnnxWriter.Unary<L> writer, Function<L, CNN2DFormat> format) {
        add(type, new OnnxWriter.Unary<L>() {
            @Override
            public Value write(L layer, Value input, VertexScope scope) {
                return writer.write(layer, input, scope);
            }

            @Override
            public InputShape inputShape(L layer) {
                return InputShape.images(InputShape.ASK, format.apply(layer));
            }
        });
    }

    private static <A extends IActivation> void addOperator(Class<A> type, OnnxOp op) {
        addUnary(type, (function, x, scope) -> x.withTensor(scope.op(op, x.tensor())));
    }
}
