package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.layers.ActivationLayer;
import org.deeplearning4j.nn.layers.DropoutLayer;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.Deconvolution2DLayer;
import org.deeplearning4j.nn.layers.convolution.DepthwiseConvolution2DLayer;
import org.deeplearning4j.nn.layers.convolution.SeparableConvolution2DLayer;
import org.deeplearning4j.nn.layers.convolution.ZeroPaddingLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.pooling.GlobalPoolingLayer;
import org.nd4j.linalg.api.buffer.DataType;

/** The kinds of DL4J's layers that run on oneDNN. */
enum Kind {
    CONVOLUTION(ConvolutionLayer.class) {
        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnConvolution((ConvolutionLayer) stock, placement, before instanceof OneDnnZeroPadding);
        }

        @Override
        boolean makesBlocked(Layer stock) {
            return canMakeBlocked(stock);
        }
    },
    DEPTHWISE(DepthwiseConvolution2DLayer.class, DepthwiseOperator::new),
    SEPARABLE(SeparableConvolution2DLayer.class, SeparableOperator::new) {
        /** Of one channel, DL4J makes something of its own, or fails. */
        @Override
        String refusal(Layer stock, CNN2DFormat format, boolean fixed) {
            var conf = (org.deeplearning4j.nn.conf.layers.ConvolutionLayer)
                    stock.conf().getLayer();
            return conf.getNIn() == 1 ? "one input channel" : super.refusal(stock, format, fixed);
        }
    },
    DECONVOLUTION(Deconvolution2DLayer.class, DeconvolutionOperator::new),
    BATCH_NORMALIZATION(BatchNormalization.class) {
        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnBatchNormalization((BatchNormalization) stock, placement);
        }
    },
    ACTIVATION(ActivationLayer.class) {
        @Override
        String refusal(Layer stock, CNN2DFormat format, boolean fixed) {
            var conf = (org.deeplearning4j.nn.conf.layers.ActivationLayer)
                    stock.conf().getLayer();
            return OwnActivation.isElementByElement(conf.getActivationFn())
                    ? null
                    : "activation " + conf.getActivationFn() + " is not one of single elements";
        }

        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnActivation(
                    (ActivationLayer) stock, placement, before instanceof Rectified rectified ? rectified : null);
        }
    },
    SUBSAMPLING(SubsamplingLayer.class) {
        @Override
        String refusal(Layer stock, CNN2DFormat format, boolean fixed) {
            var conf = (org.deeplearning4j.nn.conf.layers.SubsamplingLayer)
                    stock.conf().getLayer();
            return unlessMaximumOrAverage(conf.getPoolingType());
        }

        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnSubsampling((SubsamplingLayer) stock, placement);
        }
    },
    GLOBAL_POOLING(GlobalPoolingLayer.class) {
        @Override
        String refusal(Layer stock, CNN2DFormat format, boolean fixed) {
            var conf = (org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer)
                    stock.conf().getLayer();
            int[] expected = format == CNN2DFormat.NCHW ? new int[] {2, 3} : new int[] {1, 2};
            int[] dimensions = conf.getPoolingDimensions();
            return Arrays.equals(expected, dimensions)
                    ? unlessMaximumOrAverage(conf.getPoolingType())
                    : "it pools dimensions " + Arrays.toString(dimensions);
        }

        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnGlobalPooling((GlobalPoolingLayer) stock, placement);
        }
    },
    DENSE(DenseLayer.class) {
        @Override
        String refusal(Layer stock, CNN2DFormat format, boolean fixed) {
            return ((DenseLayer) stock).hasLayerNorm() ? "layer normalisation" : null;
        }

        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnDense((DenseLayer) stock, placement);
        }

        @Override
        boolean takesImages() {
            return false;
        }
    },
    OUTPUT(OutputLayer.class) {
        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnOutput((OutputLayer) stock, placement);
        }

        @Override
        boolean takesImages() {
            return false;
        }
    },
    DROPOUT(DropoutLayer.class) {
        @Override
        String refusal(Layer stock, CNN2DFormat format, boolean fixed) {
            return fixed ? null : "dropout";
        }

        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnDropout((DropoutLayer) stock, placement);
        }
    },
    ZERO_PADDING(ZeroPaddingLayer.class) {
        @Override
        Layer accelerated(Layer stock, Placement placement, Object before) {
            return new OneDnnZeroPadding((ZeroPaddingLayer) stock, placement);
        }
    };

    private final Class<? extends Layer> stock;

    /** Of kinds that are an operator in a {@link OneDnnLayer}; otherwise null. */
    private final BiFunction<Layer, Placement, ImageOperator> operator;

    Kind(Class<? extends Layer> stock) {
        this(stock, null);
    }

    Kind(Class<? extends Layer> stock, BiFunction<Layer, Placement, ImageOperator> operator) {
        this.stock = stock;
        this.operator = operator;
    }

    /** The kind of a layer of DL4J's; none of others. */
    static Optional<Kind> of(Layer layer) {
        return Arrays.stream(values())
                .filter(kind -> kind.stock == layer.getClass())
                .findAny();
    }

    /**
     * Why a layer of this kind stays with ND4J; null if it need not.
     *
     * @param fixed whether its network only predicts any more
     */
    final String whyNot(Layer layer, CNN2DFormat format, boolean fixed) {
        DataType type = ((AbstractLayer<?>) layer).getDataType();
        return type == DataType.FLOAT ? refusal(layer, format, fixed) : "data type " + type;
    }

    String refusal(Layer stock, CNN2DFormat format, boolean fixed) {
        return operator == null
                ? null
                : unlessFixedFilters((BaseLayer) stock.conf().getLayer());
    }

    /** Whether it reads images. */
    boolean takesImages() {
        return true;
    }

    /** Whether outputs can be blocked whatever the input; otherwise they are where the input is. */
    boolean makesBlocked(Layer stock) {
        return operator != null && canMakeBlocked(stock);
    }

    /**
     * A layer that computes the same.
     *
     * @param before the layer that is all it reads, or null
     */
    Layer accelerated(Layer stock, Placement placement, Object before) {
        return new OneDnnLayer(stock, placement, before instanceof OneDnnZeroPadding, operator.apply(stock, placement));
    }

    private static boolean canMakeBlocked(Layer stock) {
        var conf = (org.deeplearning4j.nn.conf.layers.ConvolutionLayer)
                stock.conf().getLayer();
        return Images.canBeBlocked(conf.getNOut()) && OwnActivation.isElementByElement(conf.getActivationFn());
    }

    private static String unlessFixedFilters(BaseLayer conf) {
        if (conf.getIDropout() != null) {
            return "dropout";
        }
        return conf.getWeightNoise() == null ? null : "weight noise";
    }

    private static String unlessMaximumOrAverage(PoolingType type) {
        return type == PoolingType.MAX || type == PoolingType.AVG ? null : "pooling type " + type;
    }
}
