package io.github.dl4jcondconv.fusion;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kind of layer that can take in an affine map of its output channels, as a BatchNormalization after it is one. */
interface AffineHost {

    /** The kind that a layer is of; empty if it can take in nothing. */
    static Optional<AffineHost> of(Layer layer) {
        // an OutputLayer ends a network, and its activation is part of its loss
        if (layer == null || layer instanceof OutputLayer) {
            return Optional.empty();
        }
        return LinearLayer.of(layer)
                .<AffineHost>map(linear -> linear)
                .or(() -> Optional.ofNullable(Experts.BY_CLASS.get(layer.getClass())))
                .or(() -> Optional.ofNullable(KernelMaker.BY_CLASS.get(layer.getClass())))
                .or(() -> Optional.ofNullable(SampledKernel.BY_CLASS.get(layer.getClass())));
    }

    /** Number of output channels. */
    int outputs(NetworkDraft draft, String vertex);

    /**
     * The parameters of the layer and then a map of its output channels. The layer's configuration is told of the bias
     * that comes with it.
     */
    Map<String, INDArray> then(NetworkDraft draft, String vertex, ChannelAffine map);

    /**
     * Why a layer of this kind cannot take in exactly what comes after it; empty if it can.
     *
     * @param chain the layer, and the vertex that computes the map
     */
    default Optional<String> obstacle(Chain chain) {
        return Optional.empty();
    }
}
