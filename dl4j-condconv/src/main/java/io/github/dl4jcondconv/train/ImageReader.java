package io.github.dl4jcondconv.train;

import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_GRAYSCALE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lombok.AccessLevel;
import lombok.Getter;
import org.bytedeco.opencv.opencv_core.Mat;
import org.datavec.image.loader.NativeImageLoader;

/**
 * Decodes image files to one size and one number of channels.
 *
 * <p>Pixels are 0 to 255 whatever the file's bit depth; three channels are blue, green, red, as DataVec has them. A file of another size is resized (not cropped) to this one. Safe for use by several
 * threads.
 */
@Getter
public final class ImageReader {

    private final int height;
    private final int width;
    private final int channels;

    @Getter(AccessLevel.NONE)
    private final NativeImageLoader loader;

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
        this.loader = new NativeImageLoader(height, width, channels);
    }

    /**
     * Reads one image.
     *
     * @throws UncheckedIOException if the file cannot be read, is no image, or is truncated; the message names the file
     */
    public Pixels read(Path file) {
        try {
            byte[] encoded = Files.readAllBytes(file);
            EncodedImage.requireComplete(encoded);
            return new Pixels(decode(encoded), channels, height, width);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read image " + file + ": " + e.getMessage(), e);
        }
    }

    private float[] decode(byte[] encoded) throws IOException {
        try (Mat file = new Mat(encoded);
                Mat image = imdecode(file, channels == 1 ? IMREAD_GRAYSCALE : IMREAD_COLOR)) {
            if (image.empty()) {
                throw new IOException("it does not decode");
            }
            return loader.asMatrix(image).dup().data().asFloat();
        }
    }
}
