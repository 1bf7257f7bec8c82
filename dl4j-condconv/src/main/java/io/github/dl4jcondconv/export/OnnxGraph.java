package io.github.dl4jcondconv.export;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/**
 * The ONNX graph under construction. It owns every name in the file: those of the vertices are reserved from the start,
 * and all others are made unique.
 */
final class OnnxGraph {
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final List<NodeProto.Builder> nodes = new ArrayList<>();
    private final Set<String> names;

    OnnxGraph(String name, Collection<String> reservedNames) {
        this(name, new HashSet<>(reservedNames));
    }

    private OnnxGraph(String name, Set<String> names) {
        graph.setName(name);
        this.names = names;
    }

    /** A graph to be the body of a node of this one; their names differ. */
    OnnxGraph subgraph(String name) {
        return new OnnxGraph(name, names);
    }

    /** The wanted name, with a number behind it if it is taken. */
    String freshName(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    void add(NodeProto.Builder node) {
        nodes.add(node);
    }

    String add(TensorProto initializer) {
        graph.addInitializer(initializer);
        return initializer.getName();
    }

    /**
     * Declares an input; {@code null} leaves a dimension open, a number fixes it, any other text names it. Without
     * dimensions, their number is open too.
     */
    void addInput(String name, String... dimensions) {
        graph.addInput(floats(name, dimensions));
    }

    /** Declares an output; dimensions as in {@link #addInput}. */
    void addOutput(String name, String... dimensions) {
        graph.addOutput(floats(name, dimensions));
    }

    int nodeCount() {
        return nodes.size();
    }

    /**
     * Gives a tensor, and the node that makes it, a reserved name.
     *
     * @return false, and nothing changed, if none of the nodes added since there were {@code since} makes this tensor
     */
    boolean rename(String tensor, String reserved, int since) {
        List<NodeProto.Builder> recent = nodes.subList(since, nodes.size());
        for (NodeProto.Builder maker : recent) {
            int output = maker.getOutputList().indexOf(tensor);
            if (output >= 0) {
                maker.setOutput(output, reserved).setName(reserved);
                recent.forEach(user -> renameInputs(user, tensor, reserved));
                return true;
            }
        }
        return false;
    }

    GraphProto build() {
        nodes.forEach(graph::addNode);
        return graph.build();
    }

    private static void renameInputs(NodeProto.Builder node, String tensor, String reserved) {
        for (int i = 0; i < node.getInputCount(); i++) {
            if (node.getInput(i).equals(tensor)) {
                node.setInput(i, reserved);
            }
        }
    }

    private static ValueInfoProto floats(String name, String... dimensions) {
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber());
        for (String size : dimensions) {
            TensorShapeProto.Dimension.Builder dimension =
                    tensor.getShapeBuilder().addDimBuilder();
            if (size != null && size.chars().allMatch(Character::isDigit)) {
                dimension.setDimValue(Long.parseLong(size));
            } else if (size != null) {
                dimension.setDimParam(size);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
