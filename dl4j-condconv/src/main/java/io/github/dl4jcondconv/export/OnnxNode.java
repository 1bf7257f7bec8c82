package io.github.dl4jcondconv.export;

import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.NodeProto;
import org.nd4j.shade.protobuf.ByteString;

/** A node under construction: attributes are checked against {@link OnnxOp}; {@link #output()} adds it to the graph. */
final class OnnxNode {
    private final OnnxGraph graph;
    private final OnnxOp op;
    private final String prefix;
    private final NodeProto.Builder node = NodeProto.newBuilder();

    OnnxNode(OnnxGraph graph, OnnxOp op, String prefix, String... inputs) {
        op.checkInputs(inputs.length);
        this.graph = graph;
        this.op = op;
        this.prefix = prefix;
        node.setOpType(op.onnxName());
        for (String input : inputs) {
            node.addInput(input);
        }
    }

    OnnxNode with(String name, long value) {
        return with(OnnxOp.Type.INT, attribute(name, AttributeType.INT).setI(value));
    }

    OnnxNode with(String name, double value) {
        return with(OnnxOp.Type.FLOAT, attribute(name, AttributeType.FLOAT).setF((float) value));
    }

    OnnxNode with(String name, String value) {
        return with(OnnxOp.Type.STRING, attribute(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    }

    OnnxNode with(String name, OnnxGraph value) {
        return with(OnnxOp.Type.GRAPH, attribute(name, AttributeType.GRAPH).setG(value.build()));
    }

    OnnxNode with(String name, int... values) {
        AttributeProto.Builder attribute = attribute(name, AttributeType.INTS);
        for (int value : values) {
            attribute.addInts(value);
        }
        return with(OnnxOp.Type.INTS, attribute);
    }

    /** Adds the node and returns the name of its output. */
    String output() {
        return outputs(1)[0];
    }

    /** Adds the node and returns the names of its outputs. */
    String[] outputs(int count) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = graph.freshName(prefix + "/" + op.onnxName());
            node.addOutput(names[i]);
        }
        graph.add(node.setName(names[0]));
        return names;
    }

    private OnnxNode with(OnnxOp.Type type, AttributeProto.Builder attribute) {
        op.checkAttribute(attribute.getName(), type);
        node.addAttribute(attribute);
        return this;
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
