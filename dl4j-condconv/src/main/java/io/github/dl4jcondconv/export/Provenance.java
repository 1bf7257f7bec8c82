package io.github.dl4jcondconv.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where an ONNX file comes from: stored in the file's metadata. */
final class Provenance {
    static final String PRODUCER = "dl4j-condconv";

    private static final long CHUNK = 1 << 20;

    private Provenance() {}

    static String libraryVersion() {
        return version("io.github.dl4jcondconv", "dl4j-condconv");
    }

    static Map<String, String> of(ComputationGraph graph) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("producer", PRODUCER + " " + libraryVersion());
        metadata.put("deeplearning4j", version("org.deeplearning4j", "deeplearning4j-nn"));
        metadata.put("source.class", graph.getClass().getName());
        metadata.put("source.parameters", Long.toString(graph.numParams()));
        metadata.put("source.dataType", graph.getConfiguration().getDataType().toString());
        metadata.put("source.sha256", hash(graph));
        return metadata;
    }

    /** SHA-256 over the configuration as JSON (UTF-8), then the parameters as little-endian 64-bit floats. */
    private static String hash(ComputationGraph graph) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
        digest.update(graph.getConfiguration().toJson().getBytes(StandardCharsets.UTF_8));
        INDArray params = graph.params().reshape(graph.numParams());
        for (long from = 0; from < params.length(); from += CHUNK) {
            long to = Math.min(from + CHUNK, params.length());
            double[] values = params.get(NDArrayIndex.interval(from, to)).castTo(DataType.DOUBLE).toDoubleVector();
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asDoubleBuffer().put(values);
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The version that Maven wrote into the artifact's jar. */
    private static String version(String group, String artifact) {
        Properties properties = new Properties();
        String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
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
