package io.github.dl4jcondconv.train;

import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_GRAYSCALE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lombok.Getter;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Decodes image files to one size and one number of channels.
 *
 * <p>Pixels are 0 to 255 whatever the file's bit depth; three channels are blue, green, red, as DataVec has them. A
 * file of another size is resized (not cropped) to this one. Safe for use by several threads.
 *
 * <p>It calls OpenCV, which DataVec's NativeImageLoader stands on, without that class: NativeImageLoader makes an ND4J
 * array of every image, and ND4J finds its backend only from threads that have the application's class loader, which
 * the threads of a parallel stream do not always have.
 */
@Getter
public final class ImageReader {

    private final int height;
    private final int width;
    private final int channels;

    /**
     * @param height rows of every image, at least 1
     * @param width columns of every image, at least 1
     * @param channels 1 for grey, 3 for colour
     */
    public ImageReader(int height, int width, int channels) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("image size " + height + "x" + width + " must be at least 1x1");
        }
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("image channels must be 1 (grey) or 3 (colour), not " + channels);
        }
        this.height = height;
        this.width = width;
        this.channels = channels;
    }

    /**
     * Reads one image.
     *
     * @throws UncheckedIOException if the file cannot be read, is no image, or is truncated; the message names the
     * file
     */
    public Pixels read(Path file) {
        try {
            byte[] encoded = Files.readAllBytes(file);
            EncodedImage.requireComplete(encoded);
            return decode(encoded);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read image " + file + ": " + reason(e), e);
        } catch (RuntimeException e) {
            // OpenCV's own, such as for a header that claims a billion rows
            throw new UncheckedIOException(
                    "cannot read image " + file + ": it does not decode as an image", new IOException(e));
        }
    }

    private Pixels decode(byte[] encoded) throws IOException {
        try (Mat file = new Mat(encoded);
                Mat image = imdecode(file, channels == 1 ? IMREAD_GRAYSCALE : IMREAD_COLOR);
                Mat resized = new Mat();
                Size size = new Size(width, height)) {
            if (image.empty()) {
                throw new IOException("it does not decode as an image");
            }
            boolean shrinks = image.rows() > height || image.cols() > width;
            resize(image, resized, size, 0, 0, shrinks ? INTER_AREA : INTER_LINEAR);
            byte[] interleaved = new byte[height * width * channels];
            resized.data().get(interleaved);
            return pixels(interleaved);
        }
    }

    /** From OpenCV's [row, column, channel] bytes to [channel, row, column]. */
    private Pixels pixels(byte[] interleaved) {
        float[] values = new float[interleaved.length];
        int plane = height * width;
        for (int i = 0; i < interleaved.length; i++) {
            values[i % channels * plane + i / channels] = Byte.toUnsignedInt(interleaved[i]);
        }
        return new Pixels(values, channels, height, width);
    }

    /** File system exceptions often say only the file's name, or nothing. */
    private static String reason(IOException e) {
        return e.getClass() == IOException.class ? e.getMessage() : e.getClass().getSimpleName();
    }
}
