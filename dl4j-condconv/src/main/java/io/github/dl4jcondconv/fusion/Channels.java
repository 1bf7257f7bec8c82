package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;

/** How many channels a vertex puts out, as far as it or what it reads tells. */
final class Channels {
    /** Vertices that put out as many channels as they read. */
    private static final Set<Class<?>> KEEPING = Set.of(
            ScaleVertex.class,
            ShiftVertex.class,
            ElementWiseVertex.class,
            ActivationLayer.class,
            DropoutLayer.class,
            SubsamplingLayer.class,
            ZeroPaddingLayer.class);

    private Channels() {}

    /** Empty where it is not known. */
    static Optional<Integer> of(NetworkDraft draft, String vertex) {
        if (draft.isNetworkInput(vertex)) {
            return Optional.empty();
        }
        if (draft.layer(vertex) instanceof BatchNormalization norm) {
            return Optional.of((int) norm.getNOut());
        }
        if (draft.layer(vertex) instanceof Convolution2DBlock block) {
            return Optional.of((int) block.getNOut());
        }
        if (KEEPING.stream().anyMatch(type -> draft.isA(type, vertex)) && draft.preProcessor(vertex) == null) {
            return of(draft, draft.input(vertex));
        }
        return draft.isA(MergeVertex.class, vertex)
                ? ofAll(draft, draft.inputs(vertex))
                : AffineHost.of(draft.layer(vertex)).map(host -> host.outputs(draft, vertex));
    }

    /** Of several vertices together. */
    static Optional<Integer> ofAll(NetworkDraft draft, Iterable<String> vertices) {
        int sum = 0;
        for (String vertex : vertices) {
            Optional<Integer> channels = of(draft, vertex);
            if (channels.isEmpty()) {
                return Optional.empty();
            }
            sum += channels.get();
        }
        return Optional.of(sum);
    }

    /** Whether a MergeVertex concatenates the channels of what a layer, beside it, takes for images or vectors. */
    static boolean areConcatenated(NetworkDraft draft, String merge, String layer) {
        int axis = ((MergeVertex) draft.vertex(merge)).getMergeAxis();
        return DataFormats.of(draft.layer(layer)) == CNN2DFormat.NHWC ? axis == 3 || axis == -1 : axis == 1;
    }
}
