package io.github.dl4jcondconv.examples.serve;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.dl4jcondconv.examples.ImageSize;
import io.github.dl4jcondconv.train.ImageReader;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Serves a model that {@code condconv export} wrote: {@code ServeOnnx MODEL.onnx 3x224x224 IMAGE...} prints the scores of
 * each image. One session serves any number of threads.
 */
public final class ServeOnnx implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final ImageReader reader;

    /** Loads a model of NCHW images. */
    public ServeOnnx(Path model, ImageSize size) throws OrtException {
        session = environment.createSession(model.toString());
        reader = size.reader();
    }

    /** The scores of one image, its pixels scaled to the range 0 to 1. */
    public float[] scores(Path image) throws OrtException {
        float[] pixels = reader.read(image).values();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] /= 255;
        }
        long[] shape = {1, reader.getChannels(), reader.getHeight(), reader.getWidth()};
        String input = session.getInputNames().iterator().next();
        try (OnnxTensor batch = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), shape);
                OrtSession.Result result = session.run(Map.of(input, batch))) {
            return ((float[][]) result.get(0).getValue())[0];
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }

    public static void main(String[] args) throws OrtException {
        try (ServeOnnx server = new ServeOnnx(Path.of(args[0]), ImageSize.parse(args[1]))) {
            for (String image : Arrays.copyOfRange(args, 2, args.length)) {
                System.out.println(image + " " + Arrays.toString(server.scores(Path.of(image))));
            }
        }
    }
}
