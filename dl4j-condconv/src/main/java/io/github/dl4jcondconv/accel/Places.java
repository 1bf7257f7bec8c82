package io.github.dl4jcondconv.accel;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;

/** Finds out what the places of layers in a network allow. */
final class Places {
    private final boolean fixed;
    private final CNN2DFormat format;
    private final Set<Node> blocked;

    /**
     * @param fixed whether the network only predicts any more
     * @param blocks whether any images may be blocked
     */
    Places(Collection<Node> nodes, boolean fixed, CNN2DFormat format, boolean blocks) {
        this.fixed = fixed;
        this.format = format;
        this.blocked = nodes.stream()
                .filter(node -> blocks && readersTakeBlocked(node))
                .collect(Collectors.toSet());
        while (blocked.removeIf(node -> !staysBlocked(node))) {
            // Each removal may take the ground from under others
        }
    }

    Placement of(Node node) {
        return new Placement(
                blocked.contains(node),
                isGivenInRows(node),
                !node.inputs.isEmpty() && isGivenInRows(node.inputs.get(0)),
                !node.output && node.readers.size() == 1 && isRelu(node.readers.get(0)),
                node.output || node.readers.stream().anyMatch(Node::changesInput),
                isFirst(node),
                fixed,
                format);
    }

    /** Whether all that it reads is network inputs, padded perhaps, or frozen, and nothing else reads that. */
    private static boolean isFirst(Node node) {
        return !node.preprocessed
                && node.inputs.stream()
                        .allMatch(in -> in.readers.size() == 1
                                && (in.isNetworkInput()
                                        || in.frozen
                                        || in.kind().orElse(null) == Kind.ZERO_PADDING && !in.output && isFirst(in)));
    }

    boolean isBlocked(Node node) {
        return blocked.contains(node);
    }

    /** Whether all its readers take rows of sampled positions, and have the same mask. */
    private boolean isGivenInRows(Node node) {
        return fixed
                && node.givesRows()
                && !node.output
                && !node.readers.isEmpty()
                && node.readers.stream()
                        .allMatch(reader ->
                                reader.takesRows() && reader.inputs.equals(List.of(node, node.inputs.get(1))));
    }

    private static boolean readersTakeBlocked(Node node) {
        return !node.isNetworkInput()
                && !node.output
                && !node.readers.isEmpty()
                && node.readers.stream().allMatch(Node::takesBlocked);
    }

    private boolean staysBlocked(Node node) {
        boolean produced = node.makesBlocked() || node.takesBlocked() && blocked.containsAll(node.inputs);
        return produced
                && node.readers.stream()
                        .filter(Node::isElementWise)
                        .allMatch(reader -> blocked.containsAll(reader.inputs));
    }

    private static boolean isRelu(Node node) {
        return node.kind().orElse(null) == Kind.ACTIVATION
                && OwnActivation.isRelu(((org.deeplearning4j.nn.conf.layers.ActivationLayer)
                                ((Layer) node.content).conf().getLayer())
                        .getActivationFn());
    }
}
