package io.github.dl4jcondconv.profile;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/** What DL4J's shape inference lets pass: the wrong number of channels, and data in the other format. */
final class InputChecks {
    private InputChecks() {}

    static void require(String vertex, Layer layer, InputType input) {
        if (!(layer instanceof FeedForwardLayer feedForward)
                || !(input instanceof InputType.InputTypeConvolutional images)) {
            return;
        }
        if (feedForward.getNIn() > 0 && feedForward.getNIn() != images.getChannels()) {
            throw new IllegalArgumentException("vertex \"" + vertex + "\" reads " + feedForward.getNIn()
                    + " channels, its input has " + images.getChannels());
        }
        if (layer instanceof ConvolutionLayer conv && conv.getCnn2dDataFormat() != images.getFormat()) {
            throw new IllegalArgumentException("vertex \"" + vertex + "\" reads " + conv.getCnn2dDataFormat()
                    + " data, its input is " + images.getFormat());
        }
    }
}
