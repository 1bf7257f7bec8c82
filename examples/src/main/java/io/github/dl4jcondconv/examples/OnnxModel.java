package io.github.dl4jcondconv.examples;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An ONNX file of one image input, loaded in ONNX Runtime. */
public final class OnnxModel implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final String input;
    private final long[] shape;

    /**
     * @throws IllegalArgumentException if the file does not exist, is no ONNX model, or takes something else than one
     *     batch of images, naming it
     */
    public OnnxModel(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("ONNX file " + file + " does not exist");
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            session = environment.createSession(file.toString(), options);
            input = session.getInputNames().iterator().next();
            TensorInfo info = (TensorInfo) session.getInputInfo().get(input).getInfo();
            shape = info.getShape();
        } catch (OrtException e) {
            throw new IllegalArgumentException(file + " is no model that ONNX Runtime can load: " + e.getMessage(), e);
        }
        if (session.getNumInputs() != 1 || shape.length != 4) {
            Object names = session.getInputNames();
            close();
            throw new IllegalArgumentException(
                    "only a model with one input of images can be verified, not one with inputs " + names
                            + ", the first of shape " + Arrays.toString(shape));
        }
    }

    /** Where the input has its 1 or 3 channels. */
    CNN2DFormat dataFormat() {
        boolean last = !isImageChannels(shape[1]) && isImageChannels(shape[3]);
        return last ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }

    private static boolean isImageChannels(long size) {
        return size == 1 || size == 3;
    }

    /** The size of the input; where the file leaves it open, the given one. */
    ImageSize imageSize(int height, int width) {
        boolean channelsLast = dataFormat() == CNN2DFormat.NHWC;
        long rows = shape[channelsLast ? 1 : 2];
        long columns = shape[channelsLast ? 2 : 3];
        return new ImageSize((int) shape[channelsLast ? 3 : 1], (int) (rows > 0 ? rows : height), (int)
                (columns > 0 ? columns : width));
    }

    /**
     * Runs the model on one batch.
     *
     * @param outputs names of the wanted outputs
     */
    public INDArray[] output(INDArray batch, List<String> outputs) {
        FloatBuffer values = FloatBuffer.wrap(batch.dup('c').data().asFloat());
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, values, batch.shape());
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            return outputs.stream()
                    .map(name -> array((OnnxTensor) result.get(name)
                            .orElseThrow(() -> new IllegalArgumentException("the ONNX model has no output \"" + name
                                    + "\"; it has " + session.getOutputNames()))))
                    .toArray(INDArray[]::new);
        } catch (OrtException e) {
            throw new IllegalArgumentException(
                    "ONNX Runtime cannot run the model on images of " + Arrays.toString(batch.shape()) + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static INDArray array(OnnxTensor tensor) {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return Nd4j.create(values, tensor.getInfo().getShape(), 'c');
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close its session", e);
        }
    }
}
