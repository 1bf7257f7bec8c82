package io.github.dl4jcondconv.export;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;

/** Pooling over whole images: DL4J's dimensions, of DL4J's layout, are reduced. */
final class GlobalPoolingWriter implements OnnxWriter.Unary<GlobalPoolingLayer> {
    private static final int[] HEIGHT_AND_WIDTH = {2, 3};
    private static final int[] HEIGHT_AND_WIDTH_OF_NHWC = {1, 2};

    @Override
    public Value write(GlobalPoolingLayer layer, Value input, VertexScope scope) {
        if (!layer.isCollapseDimensions() && input.transposed()) {
            scope.reject(layer, "collapseDimensions(false) fails in DL4J itself for NHWC");
        }
        int[] dimensions = layer.getPoolingDimensions() == null ? HEIGHT_AND_WIDTH : layer.getPoolingDimensions();
        int[] axes = new int[dimensions.length];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = input.axis(dimensions[i]);
        }
        int keep = layer.isCollapseDimensions() ? 0 : 1;
        String x = input.tensor();
        String y =
                switch (layer.getPoolingType()) {
                    case MAX ->
                        scope.node(OnnxOp.REDUCE_MAX, x)
                                .with("axes", axes)
                                .with("keepdims", keep)
                                .output();
                    case AVG ->
                        scope.node(OnnxOp.REDUCE_MEAN, x)
                                .with("axes", axes)
                                .with("keepdims", keep)
                                .output();
                    case SUM -> sum(scope, x, axes, keep);
                    case PNORM -> {
                        String powers = scope.op(OnnxOp.POW, scope.op(OnnxOp.ABS, x), scope.scalar(layer.getPnorm()));
                        yield scope.op(
                                OnnxOp.POW, sum(scope, powers, axes, keep), scope.scalar(1.0 / layer.getPnorm()));
                    }
                };
        boolean overChannels = Arrays.stream(axes).anyMatch(axis -> axis == 1);
        Value pooled = input.withTensor(y).withChannels(overChannels ? Value.UNKNOWN : input.channels());
        return layer.isCollapseDimensions()
                ? pooled.withRank(input.rank() - axes.length).withTransposed(false)
                : pooled;
    }

    private static String sum(VertexScope scope, String x, int[] axes, int keep) {
        String dimensions = scope.longs(Arrays.stream(axes).asLongStream().toArray());
        return scope.node(OnnxOp.REDUCE_SUM, x, dimensions)
                .with("keepdims", keep)
                .output();
    }

    /** DL4J sets the dimensions by the data format. */
    @Override
    public InputShape inputShape(GlobalPoolingLayer layer) {
        boolean nhwc = Arrays.equals(layer.getPoolingDimensions(), HEIGHT_AND_WIDTH_OF_NHWC);
        return InputShape.images(InputShape.ASK, nhwc ? CNN2DFormat.NHWC : CNN2DFormat.NCHW);
    }
}
