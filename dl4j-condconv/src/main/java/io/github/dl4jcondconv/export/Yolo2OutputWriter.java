package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What YOLO2's output layer makes of its input, as {@code graph.output} gives it. For each of the B box priors the
 * channels are x, y (sigmoid), width, height (prior times exponential), confidence (sigmoid) and the classes (softmax).
 */
final class Yolo2OutputWriter implements OnnxWriter.Unary<Yolo2OutputLayer> {
    private static final int CENTRE = 2;
    private static final int SIZE = 2;
    private static final int CONFIDENCE = 1;

    @Override
    public Value write(Yolo2OutputLayer layer, Value input, VertexScope scope) {
        INDArray priors = layer.getBoundingBoxes();
        long boxes = priors.size(0);
        if (input.channels() == Value.UNKNOWN) {
            scope.reject(layer, "the number of channels in front of it is not known");
        }
        long classes = input.channels() / boxes - CENTRE - SIZE - CONFIDENCE;
        String x = scope.channelsFirst(input, layer.getFormat());
        String perBox = scope.op(OnnxOp.RESHAPE, x, scope.longs(0, boxes, input.channels() / boxes, -1));
        String[] parts = scope.node(OnnxOp.SPLIT, perBox, scope.longs(CENTRE, SIZE, CONFIDENCE, classes))
                .with("axis", 2)
                .outputs(4);
        String prior = scope.weights("priors", priors.reshape(1, boxes, SIZE, 1));
        String decoded = scope.node(
                        OnnxOp.CONCAT,
                        scope.op(OnnxOp.SIGMOID, parts[0]),
                        scope.op(OnnxOp.MUL, scope.op(OnnxOp.EXP, parts[1]), prior),
                        scope.op(OnnxOp.SIGMOID, parts[2]),
                        scope.node(OnnxOp.SOFTMAX, parts[3]).with("axis", 2).output())
                .with("axis", 2)
                .output();
        String output = scope.op(OnnxOp.RESHAPE, decoded, scope.op(OnnxOp.SHAPE, x));
        return input.withTensor(output).withTransposed(layer.getFormat() == CNN2DFormat.NHWC);
    }

    @Override
    public InputShape inputShape(Yolo2OutputLayer layer) {
        return InputShape.images(InputShape.OPEN, layer.getFormat());
    }
}
