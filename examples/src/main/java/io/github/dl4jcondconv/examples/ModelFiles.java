package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/** Reads model files that DL4J's ModelSerializer wrote. */
final class ModelFiles {

    private ModelFiles() {}

    /**
     * @throws IllegalArgumentException if the file does not exist or holds no ComputationGraph, naming it
     */
    static ComputationGraph read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("model file " + file + " does not exist");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.getEntry(ModelSerializer.CONFIGURATION_JSON) == null) {
                throw new IOException("it has no " + ModelSerializer.CONFIGURATION_JSON);
            }
            return ModelSerializer.restoreComputationGraph(file.toFile(), false);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(file + " is no DL4J ComputationGraph: " + e.getMessage(), e);
        }
    }
}
