package io.github.dl4jcondconv.examples.report;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import io.github.dl4jcondconv.train.Pixels;
import java.util.Base64;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** An image as the networks see it, as a PNG inside the page. */
final class PngDataUri {

    private PngDataUri() {}

    static String of(Pixels image) {
        try (BytePointer interleaved = new BytePointer(interleaved(image));
                Mat mat = new Mat(image.height(), image.width(), CV_8UC(image.channels()), interleaved);
                BytePointer png = new BytePointer()) {
            imencode(".png", mat, png);
            byte[] encoded = new byte[(int) png.limit()];
            png.get(encoded);
            return "data:image/png;base64," + Base64.getEncoder().encodeToString(encoded);
        }
    }

    /** From [channel, row, column] to OpenCV's [row, column, channel]. */
    private static byte[] interleaved(Pixels image) {
        int plane = image.height() * image.width();
        byte[] bytes = new byte[image.values().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i % plane * image.channels() + i / plane] = (byte) Math.round(image.values()[i]);
        }
        return bytes;
    }
}
