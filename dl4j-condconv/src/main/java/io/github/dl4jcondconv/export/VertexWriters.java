package io.github.dl4jcondconv.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;

/** Writers of the graph vertices that are not layers. */
final class VertexWriters {
    private VertexWriters() {}

    /** A layer, the first of whose inputs may go through a preprocessor. */
    static final class Layer implements OnnxWriter<LayerVertex> {
        @Override
        public Value write(LayerVertex vertex, List<Value> inputs, VertexScope scope) {
            List<Value> prepared = new ArrayList<>(inputs);
            if (vertex.getPreProcessor() != null) {
                prepared.set(0, scope.write(vertex.getPreProcessor(), inputs.get(0)));
            }
            return scope.write(vertex.getLayerConf().getLayer(), prepared);
        }

        @Override
        public InputShape inputShape(LayerVertex vertex) {
            return OnnxWriters.inputShape(
                    vertex.getPreProcessor() == null ? vertex.getLayerConf().getLayer() : vertex.getPreProcessor());
        }

        @Override
        public InputShape furtherInputShape(LayerVertex vertex) {
            return OnnxWriters.furtherInputShape(vertex.getLayerConf().getLayer());
        }
    }

    /** Concatenation: the channels behind it say nothing about one input's. */
    static final class Merge implements OnnxWriter<MergeVertex> {
        @Override
        public Value write(MergeVertex vertex, List<Value> inputs, VertexScope scope) {
            List<Value> aligned = align(inputs, scope);
            Value first = aligned.get(0);
            String joined = scope.node(OnnxOp.CONCAT, tensors(aligned))
                    .with("axis", first.axis(vertex.getMergeAxis()))
                    .output();
            boolean known = aligned.stream().noneMatch(v -> v.channels() == Value.UNKNOWN);
            return first.withTensor(joined)
                    .withChannels(
                            known ? aligned.stream().mapToLong(Value::channels).sum() : Value.UNKNOWN);
        }

        @Override
        public InputShape inputShape(MergeVertex vertex) {
            return new InputShape(InputShape.ASK, InputShape.OPEN, InputShape.OPEN, InputShape.OPEN, null);
        }
    }

    static Value elementWise(ElementWiseVertex vertex, List<Value> inputs, VertexScope scope) {
        List<Value> aligned = align(inputs, scope);
        OnnxOp op =
                switch (vertex.getOp()) {
                    case Add -> OnnxOp.SUM;
                    case Average -> OnnxOp.MEAN;
                    case Subtract -> OnnxOp.SUB;
                    case Product -> OnnxOp.MUL;
                    case Max -> OnnxOp.MAX;
                };
        String[] operands = tensors(aligned);
        String result = operands[0];
        if (op == OnnxOp.MUL || op == OnnxOp.SUB) {
            for (int i = 1; i < operands.length; i++) {
                result = scope.op(op, result, operands[i]);
            }
        } else {
            result = scope.op(op, operands);
        }
        long channels = aligned.stream().mapToLong(Value::channels).max().getAsLong();
        return aligned.get(0).withTensor(result).withChannels(channels);
    }

    static Value scale(ScaleVertex vertex, Value x, VertexScope scope) {
        return x.withTensor(scope.op(OnnxOp.MUL, x.tensor(), scope.scalar(vertex.getScaleFactor())));
    }

    static Value shift(ShiftVertex vertex, Value x, VertexScope scope) {
        return x.withTensor(scope.op(OnnxOp.ADD, x.tensor(), scope.scalar(vertex.getShiftFactor())));
    }

    /** Dimension 1 of DL4J's array, whatever it means: the height of an NHWC image. */
    static Value subset(SubsetVertex vertex, Value x, VertexScope scope) {
        int axis = x.axis(1);
        String part = scope.op(
                OnnxOp.SLICE,
                x.tensor(),
                scope.longs(vertex.getFrom()),
                scope.longs(vertex.getTo() + 1L),
                scope.longs(axis));
        return x.withTensor(part).withChannels(x.transposed() ? x.channels() : vertex.getTo() - vertex.getFrom() + 1L);
    }

    /** x / max(|x|, eps), the norm over everything but the examples. */
    static Value l2Normalize(L2NormalizeVertex vertex, Value x, VertexScope scope) {
        int[] all = x.rank() == 4 ? new int[] {1, 2, 3} : new int[] {1};
        int[] dimensions = vertex.getDimension();
        if (dimensions != null && dimensions.length > 0 && !Arrays.equals(dimensions, all)) {
            scope.reject(vertex, "dimensions " + Arrays.toString(dimensions) + ", only " + Arrays.toString(all));
        }
        String norm = scope.node(OnnxOp.REDUCE_L2, x.tensor())
                .with("axes", all)
                .with("keepdims", 1)
                .output();
        String divisor = scope.op(OnnxOp.MAX, norm, scope.scalar(vertex.getEps()));
        return x.withTensor(scope.op(OnnxOp.DIV, x.tensor(), divisor));
    }

    /** The Euclidean distance of two examples, [N, 1]; DL4J's epsilon is for the gradient. */
    static Value l2(L2Vertex vertex, List<Value> inputs, VertexScope scope) {
        String[] pair = tensors(align(inputs, scope));
        String difference = scope.node(OnnxOp.FLATTEN, scope.op(OnnxOp.SUB, pair))
                .with("axis", 1)
                .output();
        String norm = scope.node(OnnxOp.REDUCE_L2, difference)
                .with("axes", new int[] {1})
                .with("keepdims", 1)
                .output();
        return Value.vectors(norm, 1).withPerExample(inputs.get(0).perExample());
    }

    static Value stack(StackVertex vertex, List<Value> inputs, VertexScope scope) {
        List<Value> aligned = align(inputs, scope);
        return aligned.get(0)
                .withTensor(scope.node(OnnxOp.CONCAT, tensors(aligned))
                        .with("axis", 0)
                        .output())
                .withPerExample(false);
    }

    static Value unstack(UnstackVertex vertex, Value x, VertexScope scope) {
        String[] parts = scope.node(OnnxOp.SPLIT, x.tensor()).with("axis", 0).outputs(vertex.getStackSize());
        return x.withTensor(parts[vertex.getFrom()]).withPerExample(false);
    }

    static Value reshape(ReshapeVertex vertex, Value x, VertexScope scope) {
        int[] shape = vertex.getNewShape();
        if (vertex.getReshapeOrder() != 'c') {
            scope.reject(vertex, "reshape order " + vertex.getReshapeOrder() + ", only c");
        }
        long[] sizes = Arrays.stream(shape).asLongStream().toArray();
        String reshaped = scope.op(OnnxOp.RESHAPE, scope.dl4jLayout(x).tensor(), scope.longs(sizes));
        return new Value(reshaped, shape.length, shape[1], false, false);
    }

    /** Cuts the first row and column. */
    static Value poolHelper(PoolHelperVertex vertex, Value x, VertexScope scope) {
        String start = scope.longs(1, 1);
        String end = scope.longs(Long.MAX_VALUE, Long.MAX_VALUE);
        return x.withTensor(scope.op(OnnxOp.SLICE, x.tensor(), start, end, scope.longs(x.axis(2), x.axis(3))));
    }

    /** The same layout for all: as it is if they agree, else DL4J's. */
    private static List<Value> align(List<Value> inputs, VertexScope scope) {
        boolean transposed = inputs.get(0).transposed();
        return inputs.stream().allMatch(v -> v.transposed() == transposed)
                ? inputs
                : inputs.stream().map(scope::dl4jLayout).toList();
    }

    private static String[] tensors(List<Value> values) {
        return values.stream().map(Value::tensor).toArray(String[]::new);
    }
}
