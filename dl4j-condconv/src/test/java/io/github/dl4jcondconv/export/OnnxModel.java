package io.github.dl4jcondconv.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An ONNX file loaded in ONNX Runtime. */
final class OnnxModel implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxModel(Path file) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(2);
            session = environment.createSession(file.toString(), options);
        }
    }

    OrtSession session() {
        return session;
    }

    /** The outputs by name; inputs in the order of the graph. */
    Map<String, INDArray> output(List<String> names, INDArray... inputs) throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (int i = 0; i < inputs.length; i++) {
                FloatBuffer values = FloatBuffer.wrap(inputs[i].dup('c').data().asFloat());
                tensors.put(names.get(i), OnnxTensor.createTensor(environment, values, inputs[i].shape()));
            }
            try (OrtSession.Result result = session.run(tensors)) {
                Map<String, INDArray> outputs = new HashMap<>();
                result.forEach(entry -> outputs.put(entry.getKey(), array((OnnxTensor) entry.getValue())));
                return outputs;
            }
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private static INDArray array(OnnxTensor tensor) {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return Nd4j.create(values, tensor.getInfo().getShape(), 'c');
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
