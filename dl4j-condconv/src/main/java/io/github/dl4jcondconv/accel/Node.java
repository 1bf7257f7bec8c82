package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.engine.KernelLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.graph.vertex.impl.MergeVertex;

/** A layer or vertex of a network and what it is connected to. */
final class Node {
    final String name;

    /** A layer, a vertex that is none, or null of a network input; without a wrapper that freezes it. */
    final Object content;

    /** Whether nobody wants the gradient by its output. */
    final boolean frozen;

    /** Whether DL4J reshapes what it reads. */
    final boolean preprocessed;

    /** Whether the network returns it. */
    final boolean output;

    final List<Node> inputs = new ArrayList<>();
    final List<Node> readers = new ArrayList<>();

    private final CNN2DFormat format;
    private final boolean fixed;

    /**
     * @param format of the network's images
     * @param fixed whether the network only predicts any more
     */
    Node(String name, Object content, boolean preprocessed, boolean output, CNN2DFormat format, boolean fixed) {
        this.name = name;
        this.content = Frozen.inside(content);
        this.frozen = Frozen.stopsGradients(content);
        this.preprocessed = preprocessed;
        this.output = output;
        this.format = format;
        this.fixed = fixed;
    }

    void reads(Node input) {
        inputs.add(input);
        input.readers.add(this);
    }

    boolean isNetworkInput() {
        return content == null;
    }

    boolean isElementWise() {
        return content != null && content.getClass() == ElementWiseVertex.class;
    }

    boolean isMerge() {
        return content != null && content.getClass() == MergeVertex.class;
    }

    /** The layer's kind, if it runs on oneDNN. */
    Optional<Kind> kind() {
        return content instanceof Layer layer
                ? Kind.of(layer).filter(kind -> kind.whyNot(layer, format, fixed) == null)
                : Optional.empty();
    }

    /** Whether it is a layer of this library that computes blocked images by itself. */
    boolean isOwn() {
        return content instanceof KernelLayer own && OwnLayers.whyNot((Layer) own) == null;
    }

    /** Whether it can give rows of sampled positions. */
    boolean givesRows() {
        return isOwn() && ((KernelLayer) content).givesRows();
    }

    /** Whether it can read them. */
    boolean takesRows() {
        return takesBlocked() && isOwn() && ((KernelLayer) content).takesRows();
    }

    /** Whether it can read blocked images. */
    boolean takesBlocked() {
        return !preprocessed
                && !hasDropout()
                && (isElementWise()
                        || isMerge()
                        || kind().filter(Kind::takesImages).isPresent()
                        || isOwn());
    }

    /** Whether it makes blocked images of plain ones; whatever fills no block up stays plain. */
    boolean makesBlocked() {
        return isOwn() || isMerge() || kind().isPresent() && kind().get().makesBlocked((Layer) content);
    }

    /** Whether it may write to what it reads. */
    boolean changesInput() {
        return hasDropout() || content instanceof Layer && kind().isEmpty() && !(content instanceof KernelLayer);
    }

    private boolean hasDropout() {
        return !fixed
                && content instanceof Layer layer
                && layer.conf().getLayer().getIDropout() != null;
    }
}
