package io.github.dl4jcondconv.zoo;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import org.nd4j.linalg.activations.Activation;

/** How the convolutions of this library are added to a {@link Blueprint}. */
final class BlockLayers {
    private BlockLayers() {}

    /** The builder of a layer, with its geometry set and no activation; depthwise layers find their nOut themselves. */
    static <B extends Convolution2DBlock.Builder<B>> B shaped(B layer, Blueprint net, Conv conv) {
        layer.stride(conv.stride()).padding(net.padding(conv.padding())).activation(Activation.IDENTITY);
        return conv.depthwise() ? layer : layer.nOut(conv.nOut());
    }

    static Features add(Blueprint net, String name, Convolution2DBlock layer, Conv conv, Features... inputs) {
        String[] vertices = new String[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            vertices[i] = inputs[i].vertex();
        }
        if (vertices.length == 1) {
            net.graph().addLayer(name, layer, vertices);
        } else {
            MultiInputVertex.addLayer(net.graph(), name, layer, vertices);
        }
        return new Features(name, conv.nOut());
    }
}
