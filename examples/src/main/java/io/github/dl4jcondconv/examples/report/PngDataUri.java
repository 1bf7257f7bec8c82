package io.github.dl4jcondconv.examples.report;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import io.github.dl4jcondconv.train.Pixels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** A picture as a PNG inside the page. */
final class PngDataUri {

    private PngDataUri() {}

    /** An image as the networks see it. */
    static String of(Pixels image) {
        try (BytePointer interleaved = new BytePointer(interleaved(image));
                Mat mat = new Mat(image.height(), image.width(), CV_8UC(image.channels()), interleaved);
                BytePointer png = new BytePointer()) {
            imencode(".png", mat, png);
            byte[] encoded = new byte[(int) png.limit()];
            png.get(encoded);
            return of(encoded);
        }
    }

    static String of(BufferedImage picture) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a picture to memory", e);
        }
        return of(png.toByteArray());
    }

    private static String of(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
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
