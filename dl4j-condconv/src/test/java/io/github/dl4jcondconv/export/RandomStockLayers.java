package io.github.dl4jcondconv.export;

import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/** Draws DL4J's layers of images with any of their options. */
final class RandomStockLayers {
    private final Random random;
    private final CNN2DFormat format;

    RandomStockLayers(Random random, CNN2DFormat format) {
        this.random = random;
        this.format = format;
    }

    /** A layer that may or may not suit an image. */
    Layer any(InputTypeConvolutional type) {
        return switch (random.nextInt(16)) {
            case 0, 1 -> convolution();
            case 2 ->
                window(new DepthwiseConvolution2D.Builder().depthMultiplier(1 + random.nextInt(2)))
                        .dilation(1, 1)
                        .nOut(0)
                        .build();
            case 3 ->
                // DL4J's other layers misread what an NHWC one gives
                format == CNN2DFormat.NHWC
                        ? convolution()
                        : window(new SeparableConvolution2D.Builder().depthMultiplier(1 + random.nextInt(2)))
                                .dilation(1, 1)
                                .build();
            case 4 -> window(new Deconvolution2D.Builder()).dilation(1, 1).build();
            case 5 ->
                new BatchNormalization.Builder()
                        .useLogStd(random.nextBoolean())
                        .lockGammaBeta(random.nextBoolean())
                        .build();
            case 6, 7 -> pooling();
            case 8 -> new ActivationLayer(activation());
            case 9 ->
                new LocalResponseNormalization.Builder()
                        .n(1 + random.nextInt(3))
                        .dataFormat(format)
                        .build();
            case 10 -> prelu(type);
            case 11 -> {
                SpaceToDepthLayer layer = new SpaceToDepthLayer.Builder<>(2).build();
                layer.setDataFormat(format);
                yield layer;
            }
            case 12 ->
                new Upsampling2D.Builder()
                        .size(new int[] {1 + random.nextInt(2), 1 + random.nextInt(2)})
                        .dataFormat(format)
                        .build();
            case 13 ->
                new ZeroPaddingLayer.Builder(upTo1(), upTo1(), upTo1(), upTo1())
                        .dataFormat(format)
                        .build();
            case 14 -> new Cropping2D(format, upTo2(), upTo2(), upTo2(), upTo2());
            default ->
                random.nextBoolean()
                        ? random.nextBoolean() ? new DropoutLayer(0.5) : new MaskLayer()
                        : new FrozenLayer(convolution());
        };
    }

    ConvolutionLayer convolution() {
        return window(new ConvolutionLayer.Builder()).build();
    }

    private <B extends ConvolutionLayer.BaseConvBuilder<B>> B window(B builder) {
        if (random.nextBoolean()) {
            builder.convolutionMode(ConvolutionMode.Truncate).padding(upTo2(), upTo2());
        } else {
            builder.convolutionMode(ConvolutionMode.Same);
        }
        return builder.kernelSize(1 + upTo2(), 1 + upTo2())
                .stride(1 + random.nextInt(2), 1 + random.nextInt(2))
                .dilation(1 + random.nextInt(2), 1 + random.nextInt(2))
                .hasBias(random.nextBoolean())
                .activation(activation())
                .nOut(2 + random.nextInt(4));
    }

    private SubsamplingLayer pooling() {
        PoolingType type = any(PoolingType.MAX, PoolingType.AVG, PoolingType.PNORM);
        // ONNX Runtime moves paddings into average poolings, and then refuses those that are as large as the kernel
        int[] kernel = {2 + upTo1(), 2 + upTo1()};
        SubsamplingLayer.Builder builder = new SubsamplingLayer.Builder(type)
                .kernelSize(kernel)
                .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
                .pnorm(1 + random.nextInt(3))
                .dataFormat(format);
        builder.setAvgPoolIncludePadInDivisor(random.nextBoolean());
        if (random.nextBoolean()) {
            builder.convolutionMode(ConvolutionMode.Truncate)
                    .padding(random.nextInt(kernel[0] - 1), random.nextInt(kernel[1] - 1));
        } else {
            builder.convolutionMode(ConvolutionMode.Same);
        }
        return builder.build();
    }

    private PReLULayer prelu(InputTypeConvolutional type) {
        PReLULayer.Builder builder = new PReLULayer.Builder().weightInit(new UniformDistribution(-1, 1));
        builder = format == CNN2DFormat.NCHW
                ? builder.inputShape(type.getChannels(), type.getHeight(), type.getWidth())
                : builder.inputShape(type.getHeight(), type.getWidth(), type.getChannels());
        if (random.nextBoolean()) {
            builder = format == CNN2DFormat.NCHW ? builder.sharedAxes(2, 3) : builder.sharedAxes(1, 2);
        }
        return builder.build();
    }

    private IActivation activation() {
        return switch (random.nextInt(6)) {
            case 0 -> new ActivationReLU(2.0, random.nextDouble() - 0.5, random.nextDouble());
            case 1 -> new ActivationLReLU(random.nextDouble());
            case 2 -> new ActivationELU(random.nextDouble());
            case 3 -> new ActivationGELU(random.nextBoolean());
            default -> any(Activation.values()).getActivationFunction();
        };
    }

    private int upTo1() {
        return random.nextInt(2);
    }

    private int upTo2() {
        return random.nextInt(3);
    }

    @SafeVarargs
    private <T> T any(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
