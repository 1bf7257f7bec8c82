package io.github.dl4jcondconv.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where an ONNX file comes from: stored in the file's metadata. */
final class Provenance {
    static final String PRODUCER = "dl4j-condconv";

    private static final long CHUNK = 1 << 16;

    private Provenance() {}

    static String libraryVersion() {
        return version("version.properties");
    }

    static Map<String, String> of(ComputationGraph graph) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("producer", PRODUCER + " " + libraryVersion());
        metadata.put("deeplearning4j", version("/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties"));
        metadata.put("source.class", graph.getClass().getName());
        metadata.put("source.parameters", Long.toString(graph.numParams()));
        metadata.put("source.dataType", graph.getConfiguration().getDataType().toString());
        metadata.put("source.sha256", hash(graph));
        return metadata;
    }

    /** SHA-256 over the configuration as JSON (UTF-8), then the parameters as little-endian 32-bit floats. */
    private static String hash(ComputationGraph graph) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
        digest.update(graph.getConfiguration().toJson().getBytes(StandardCharsets.UTF_8));
        INDArray params = graph.params().reshape(graph.numParams());
        ByteBuffer bytes = Tensors.littleEndian(CHUNK * Float.BYTES);
        for (long from = 0; from < params.length(); from += CHUNK) {
            long to = Math.min(from + CHUNK, params.length());
            Tensors.copy(params.get(NDArrayIndex.interval(from, to)), bytes);
            digest.update(bytes.array(), 0, Math.toIntExact((to - from) * Float.BYTES));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The version that stands in a properties file of an artifact. */
    private static String version(String resource) {
        Properties properties = new Properties();
        try (InputStream in = Provenance.class.getResourceAsStream(resource)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + resource, e);
        }
        return properties.getProperty("version", "unknown");
    }
}
