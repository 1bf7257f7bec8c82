package io.github.dl4jcondconv.analysis;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mask over its image: sampled positions show the image in warm light, the others in the dark. The mask may be smaller
 * than the image, as it is behind strides; its positions then are blocks of pixels.
 */
public final class MaskPicture {
    private static final double[] SAMPLED = {1.0, 0.85, 0.55};
    private static final double[] SAMPLED_FLOOR = {0.25, 0.12, 0.0};
    private static final double[] LEFT_OUT = {0.22, 0.28, 0.45};
    private static final double[] LEFT_OUT_FLOOR = {0.0, 0.02, 0.08};

    private MaskPicture() {}

    /**
     * Draws one example.
     *
     * @param image [C, H, W]; one channel is grey, three are red, green and blue. Its smallest value is drawn black, its
     *     largest white
     * @param mask [1, H', W'] of 0 to 1
     * @param zoom pixels of the picture for each pixel of the image
     * @return a picture of zoom * W by zoom * H pixels, for {@code ImageIO.write(picture, "png", file)}
     * @throws IllegalArgumentException if a shape is another or the zoom is below 1
     */
    public static BufferedImage of(INDArray image, INDArray mask, int zoom) {
        require(image.rank() == 3 && (image.size(0) == 1 || image.size(0) == 3), "image", image, "[1 or 3, H, W]");
        require(mask.rank() == 3 && mask.size(0) == 1, "mask", mask, "[1, H', W']");
        if (zoom < 1) {
            throw new IllegalArgumentException("zoom is " + zoom + ", allowed: at least 1");
        }
        double low = image.minNumber().doubleValue();
        double range = Math.max(image.maxNumber().doubleValue() - low, Float.MIN_NORMAL);
        int height = (int) image.size(1);
        int width = (int) image.size(2);
        BufferedImage picture = new BufferedImage(zoom * width, zoom * height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double share = mask.getDouble(0, y * mask.size(1) / height, x * mask.size(2) / width);
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    double light = (image.getDouble(Math.min(c, (int) image.size(0) - 1), y, x) - low) / range;
                    rgb = rgb << 8 | (int) Math.round(255 * shade(light, share, c));
                }
                fill(picture, zoom * x, zoom * y, zoom, rgb);
            }
        }
        return picture;
    }

    /** A colour's brightness of 0 to 1 under a mask between left out (0) and sampled (1). */
    private static double shade(double light, double share, int colour) {
        double sampled = SAMPLED_FLOOR[colour] + light * (SAMPLED[colour] - SAMPLED_FLOOR[colour]);
        double leftOut = LEFT_OUT_FLOOR[colour] + light * (LEFT_OUT[colour] - LEFT_OUT_FLOOR[colour]);
        return share * sampled + (1 - share) * leftOut;
    }

    private static void fill(BufferedImage picture, int left, int top, int side, int rgb) {
        for (int y = top; y < top + side; y++) {
            for (int x = left; x < left + side; x++) {
                picture.setRGB(x, y, rgb);
            }
        }
    }

    private static void require(boolean holds, String name, INDArray array, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(
                    name + " has shape " + Arrays.toString(array.shape()) + ", allowed: " + allowed);
        }
    }
}
