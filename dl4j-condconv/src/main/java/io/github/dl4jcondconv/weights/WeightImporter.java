package io.github.dl4jcondconv.weights;

import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Builds a network with the weights of a safetensors file that has the names of a PyTorch state dictionary; {@link
 * StateDict} lists them. A network's vertices must be called as the modules of the file's network are, as those of the
 * zoo are.
 *
 * <p>Every parameter must be in the file and every tensor of the file must be used, but the counters {@code
 * num_batches_tracked}. BatchNormalization's variances become what DL4J keeps.
 */
public final class WeightImporter {
    private WeightImporter() {}

    /**
     * Reads a network.
     *
     * @param configuration of the network; it is not changed
     * @throws WeightMismatchException if a tensor is missing, left over or of another shape; all of them are listed
     * @throws MalformedFileException if it is no safetensors file, or a damaged one
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if the network has a layer that no state dictionary is known to hold
     */
    public static ComputationGraph read(ComputationGraphConfiguration configuration, Path file) throws IOException {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            ComputationGraph graph = new ComputationGraph(configuration.clone());
            graph.init();
            new WeightMatch(graph, tensors).assign();
            return graph;
        }
    }
}
