package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.SamplingMask;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.Option;

/** The option of commands for ONNX files, which hold no sampling of masks by chance. */
final class DeterministicSampling {

    @Option(
            names = "--deterministic",
            description = "Take the masks of sampled convolutions in their deterministic form: the positions with a"
                    + " probability of at least 1/2.")
    private boolean wanted;

    /** Sets the masks of a network that nothing has run on yet, if that is wanted. */
    ComputationGraph applyTo(ComputationGraph graph) {
        if (wanted) {
            for (var layer : graph.getLayers()) {
                set(layer.conf().getLayer());
            }
        }
        return graph;
    }

    private static void set(Layer layer) {
        if (layer instanceof SamplingMask mask) {
            mask.setSampling(deterministic(mask.getSampling()));
        } else if (layer instanceof SampledConv2D convolution) {
            convolution.setSampling(deterministic(convolution.getSampling()));
        }
    }

    private static Sampling deterministic(Sampling sampling) {
        return sampling.toBuilder().inference(Sampling.Inference.DETERMINISTIC).build();
    }
}
