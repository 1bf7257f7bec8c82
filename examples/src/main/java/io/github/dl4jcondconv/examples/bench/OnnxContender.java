package io.github.dl4jcondconv.examples.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.dl4jcondconv.export.OnnxExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network's exported file in ONNX Runtime. */
final class OnnxContender implements Contender {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;

    OnnxContender(ComputationGraph net, INDArray images, int threads) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            Path folder = Files.createTempDirectory("bench");
            Path file = folder.resolve("model.onnx");
            OnnxExporter.export(net, file);
            options.setIntraOpNumThreads(threads);
            session = environment.createSession(file.toString(), options);
            Files.delete(file);
            Files.delete(folder);
            FloatBuffer values = FloatBuffer.wrap(images.dup('c').data().asFloat());
            inputs = Map.of(
                    session.getInputNames().iterator().next(),
                    OnnxTensor.createTensor(environment, values, images.shape()));
        } catch (OrtException e) {
            throw failed(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<INDArray> outcome() {
        try (OrtSession.Result result = session.run(inputs)) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return List.of(Nd4j.createFromArray(values));
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public void run() {
        try {
            session.run(inputs).close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            inputs.values().forEach(OnnxTensor::close);
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(OrtException e) {
        return new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
}
