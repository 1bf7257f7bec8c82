package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.Collection;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;

/** Which axis of an image is the channels', by layer. */
final class DataFormats {
    private DataFormats() {}

    /** Whether all of these vertices that have a data format have the same. */
    static boolean agree(NetworkDraft draft, Collection<String> vertices) {
        return vertices.stream()
                        .map(draft::layer)
                        .filter(DataFormats::has)
                        .map(DataFormats::of)
                        .distinct()
                        .count()
                < 2;
    }

    private static boolean has(Layer layer) {
        return of(layer) != null;
    }

    /** Null where a layer has none. */
    static CNN2DFormat of(Layer layer) {
        if (layer instanceof ConvolutionLayer convolution) {
            return convolution.getCnn2dDataFormat();
        }
        if (layer instanceof Convolution2DBlock block) {
            return block.getDataFormat();
        }
        if (layer instanceof SubsamplingLayer pool) {
            return pool.getCnn2dDataFormat();
        }
        if (layer instanceof ZeroPaddingLayer padding) {
            return padding.getDataFormat();
        }
        return layer instanceof BatchNormalization norm ? norm.getCnn2DFormat() : null;
    }
}
