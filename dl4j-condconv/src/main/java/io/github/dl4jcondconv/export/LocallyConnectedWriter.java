package io.github.dl4jcondconv.export;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution with filters [H' W', nIn kH kW, nOut] of each position's own, so for one size of images: a convolution
 * with unit filters gathers the windows, then each position is a product of matrices. As DL4J computes it: windows are
 * counted column by column, but results row by row, and a leaky ReLU does not leak.
 */
final class LocallyConnectedWriter implements OnnxWriter.Unary<LocallyConnected2D> {

    @Override
    public Value write(LocallyConnected2D layer, Value input, VertexScope scope) {
        if (Arrays.stream(layer.getDilation()).anyMatch(d -> d != 1)) {
            scope.reject(layer, "dilation " + Arrays.toString(layer.getDilation()) + ", which DL4J itself ignores");
        }
        int[] k = layer.getKernel();
        Window window = new Window(k, layer.getStride(), layer.getPadding(), new int[] {1, 1}, layer.getCm());
        long entries = (long) k[0] * k[1];
        INDArray units = Nd4j.eye(entries).castTo(DataType.FLOAT).reshape(entries, 1, k[0], k[1]);
        INDArray eachChannel = Nd4j.tile(units, Math.toIntExact(layer.getNIn()), 1, 1, 1);
        String images = scope.channelsFirst(input, layer.getFormat());
        String windows = window.slide(scope, OnnxOp.CONV, 0, images, scope.weights("windows", eachChannel))
                .with("group", layer.getNIn())
                .output();
        return scope.write(activation(layer), result(layer, input, products(layer, windows, scope)));
    }

    /** [N, nIn kH kW, H', W'] to [N, nOut, H', W']. */
    private static String products(LocallyConnected2D layer, String windows, VertexScope scope) {
        long rows = layer.getOutputSize()[0];
        long columns = layer.getOutputSize()[1];
        String byColumn = scope.transpose(windows, 3, 2, 0, 1);
        String matrices = scope.op(OnnxOp.RESHAPE, byColumn, scope.longs(rows * columns, -1, layer.getFeatureDim()));
        String products = scope.op(OnnxOp.MATMUL, matrices, scope.weights("W"));
        if (layer.isHasBias()) {
            products = scope.op(OnnxOp.ADD, products, scope.row("b"));
        }
        String byRow = scope.op(OnnxOp.RESHAPE, products, scope.longs(rows, columns, -1, layer.getNOut()));
        return scope.transpose(byRow, 2, 3, 0, 1);
    }

    private static Value result(LocallyConnected2D layer, Value input, String tensor) {
        return Value.images(tensor, layer.getNOut())
                .withTransposed(layer.getFormat() == CNN2DFormat.NHWC)
                .withPerExample(input.perExample());
    }

    private static IActivation activation(LocallyConnected2D layer) {
        return layer.getActivation() == Activation.LEAKYRELU
                ? new ActivationReLU()
                : layer.getActivation().getActivationFunction();
    }

    @Override
    public InputShape inputShape(LocallyConnected2D layer) {
        int[] size = layer.getInputSize();
        return new InputShape(4, layer.getNIn(), size[0], size[1], layer.getFormat());
    }
}
