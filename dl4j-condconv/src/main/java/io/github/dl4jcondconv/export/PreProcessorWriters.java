package io.github.dl4jcondconv.export;

import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;

/** Writers of the preprocessors between images and vectors. */
final class PreProcessorWriters {
    private PreProcessorWriters() {}

    /** Flattens DL4J's array, so the order of the vector depends on the data format. */
    static final class CnnToFeedForward implements OnnxWriter.Unary<CnnToFeedForwardPreProcessor> {
        @Override
        public Value write(CnnToFeedForwardPreProcessor p, Value input, VertexScope scope) {
            if (input.rank() == 2) {
                return input;
            }
            String images = scope.dl4jLayout(input).tensor();
            String flat = scope.node(OnnxOp.FLATTEN, images).with("axis", 1).output();
            long size = p.getInputHeight() * p.getInputWidth() * p.getNumChannels();
            return Value.vectors(flat, size).withPerExample(input.perExample());
        }

        @Override
        public InputShape inputShape(CnnToFeedForwardPreProcessor p) {
            return new InputShape(4, p.getNumChannels(), p.getInputHeight(), p.getInputWidth(), p.getFormat());
        }
    }

    /** Always makes NCHW, also in a network of NHWC layers; images pass unchanged, so the input of a network is one. */
    static final class FeedForwardToCnn implements OnnxWriter.Unary<FeedForwardToCnnPreProcessor> {
        @Override
        public Value write(FeedForwardToCnnPreProcessor p, Value input, VertexScope scope) {
            if (input.rank() == 4) {
                return input;
            }
            String shape = scope.longs(-1, p.getNumChannels(), p.getInputHeight(), p.getInputWidth());
            return Value.images(scope.op(OnnxOp.RESHAPE, input.tensor(), shape), p.getNumChannels())
                    .withPerExample(input.perExample());
        }

        @Override
        public InputShape inputShape(FeedForwardToCnnPreProcessor p) {
            return new InputShape(4, p.getNumChannels(), p.getInputHeight(), p.getInputWidth(), CNN2DFormat.NCHW);
        }
    }

    /** As Keras reshapes: everything but the examples. */
    static Value reshape(ReshapePreprocessor p, Value input, VertexScope scope) {
        long[] target = p.getTargetShape();
        int skipped = p.isHasMiniBatchDimension() ? 1 : 0;
        long[] shape = new long[target.length + 1 - skipped];
        System.arraycopy(target, skipped, shape, 1, target.length - skipped);
        String reshaped = scope.op(OnnxOp.RESHAPE, scope.dl4jLayout(input).tensor(), scope.longs(shape));
        return new Value(reshaped, shape.length, shape[1], false, input.perExample());
    }

    /** The permutation leaves out the examples, until DL4J has run it once. */
    static Value permute(PermutePreprocessor p, Value input, VertexScope scope) {
        int[] order = p.getPermutationIndices();
        if (order.length < input.rank()) {
            order = IntStream.concat(IntStream.of(0), IntStream.of(order)).toArray();
        }
        Value x = scope.dl4jLayout(input);
        return x.withTensor(scope.transpose(x.tensor(), order)).withChannels(Value.UNKNOWN);
    }

    /** One after the other. */
    static final class Composed implements OnnxWriter.Unary<ComposableInputPreProcessor> {
        @Override
        public Value write(ComposableInputPreProcessor composed, Value input, VertexScope scope) {
            Value x = input;
            for (InputPreProcessor preProcessor : composed.getInputPreProcessors()) {
                x = scope.write(preProcessor, x);
            }
            return x;
        }

        @Override
        public InputShape inputShape(ComposableInputPreProcessor composed) {
            return OnnxWriters.inputShape(composed.getInputPreProcessors()[0]);
        }
    }
}
