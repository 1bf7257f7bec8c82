package io.github.dl4jcondconv.examples;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Reads model files that DL4J's ModelSerializer wrote. */
final class ModelFiles {

    private ModelFiles() {}

    /** The two kinds of networks that DL4J saves. */
    enum Kind {
        COMPUTATION_GRAPH("ComputationGraph") {
            @Override
            ComputationGraph restore(File file) throws IOException {
                return ModelSerializer.restoreComputationGraph(file, false);
            }
        },
        MULTI_LAYER_NETWORK("MultiLayerNetwork") {
            @Override
            ComputationGraph restore(File file) throws IOException {
                return ModelSerializer.restoreMultiLayerNetwork(file, false).toComputationGraph();
            }
        };

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        abstract ComputationGraph restore(File file) throws IOException;
    }

    /**
     * A network, and the kind of network it was saved as.
     *
     * @param graph the network; of a MultiLayerNetwork its {@code toComputationGraph()}
     */
    record Model(Path file, Kind kind, ComputationGraph graph) {

        /** One line: which kind of file this is. */
        @Override
        public String toString() {
            String line = file + " is a " + kind.title + " of " + graph.getNumLayers() + " layers";
            return kind == Kind.COMPUTATION_GRAPH ? line : line + ", taken as a " + Kind.COMPUTATION_GRAPH.title;
        }
    }

    /**
     * Reads a file of either kind.
     *
     * @throws IllegalArgumentException if the file does not exist or holds no network, naming it
     */
    static Model load(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("model file " + file + " does not exist");
        }
        try {
            Kind kind = kind(file);
            return new Model(file, kind, kind.restore(file.toFile()));
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(file + " is no DL4J network: " + e.getMessage(), e);
        }
    }

    /** The network of a file of either kind; throws as {@link #load}. */
    static ComputationGraph read(Path file) {
        return load(file).graph();
    }

    private static Kind kind(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry configuration = zip.getEntry(ModelSerializer.CONFIGURATION_JSON);
            if (configuration == null || zip.getEntry(ModelSerializer.COEFFICIENTS_BIN) == null) {
                throw new IOException("it has no "
                        + (configuration == null
                                ? ModelSerializer.CONFIGURATION_JSON
                                : ModelSerializer.COEFFICIENTS_BIN));
            }
            try (InputStream json = zip.getInputStream(configuration)) {
                boolean hasVertices = new ObjectMapper().readTree(json).has("vertices");
                return hasVertices ? Kind.COMPUTATION_GRAPH : Kind.MULTI_LAYER_NETWORK;
            }
        }
    }
}
