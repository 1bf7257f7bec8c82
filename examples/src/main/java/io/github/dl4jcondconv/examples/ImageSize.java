package io.github.dl4jcondconv.examples;

import static org.bytedeco.opencv.global.opencv_imgcodecs.imread;

import io.github.dl4jcondconv.layers.ImageBlock;
import io.github.dl4jcondconv.train.ImageReader;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.opencv.opencv_core.Mat;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The size of a network's images.
 *
 * @param channels 1 for grey, 3 for colour
 * @param height rows
 * @param width columns
 */
public record ImageSize(int channels, int height, int width) {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    /**
     * Reads channels, height and width as the command line gives them, such as 3x224x224.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static ImageSize parse(String text) {
        Matcher numbers = FORM.matcher(text);
        if (!numbers.matches()) {
            throw new IllegalArgumentException(
                    "image size \"" + text + "\" is not channels, height and width, such as 3x224x224");
        }
        return new ImageSize(
                Integer.parseInt(numbers.group(1)),
                Integer.parseInt(numbers.group(2)),
                Integer.parseInt(numbers.group(3)));
    }

    /**
     * The size of an image file, with the channels that a network reads.
     *
     * @throws IllegalArgumentException if the file cannot be read as an image or the network's channels are not known
     */
    static ImageSize of(ComputationGraph graph, Path image) {
        try (Mat pixels = imread(image.toString())) {
            if (pixels.empty()) {
                throw new IllegalArgumentException("cannot read " + image + " as an image");
            }
            return new ImageSize(channels(graph), pixels.rows(), pixels.cols());
        }
    }

    /** What the first layer with a number of inputs reads. */
    private static int channels(ComputationGraph graph) {
        for (String vertex : graph.getConfiguration().getTopologicalOrderStr()) {
            if (graph.getLayer(vertex) != null) {
                Layer layer = graph.getLayer(vertex).conf().getLayer();
                if (layer instanceof FeedForwardLayer stock) {
                    return (int) stock.getNIn();
                }
                if (layer instanceof ImageBlock block) {
                    return (int) block.getNIn();
                }
            }
        }
        throw new IllegalArgumentException("the network does not tell how many channels its images have; give --input");
    }

    /** This size or, if a side is longer than {@code side}, one of the same proportions. */
    ImageSize within(int side) {
        double scale = Math.min(1, side / (double) Math.max(height, width));
        return new ImageSize(
                channels, (int) Math.max(1, Math.round(height * scale)), (int) Math.max(1, Math.round(width * scale)));
    }

    /** Reads image files as images of this size. */
    public ImageReader reader() {
        return new ImageReader(height, width, channels);
    }

    /**
     * This size as the type of a network's only input.
     *
     * @throws IllegalArgumentException if the network has several inputs
     */
    InputType inputTypeOf(ComputationGraph graph) {
        if (graph.getNumInputArrays() != 1) {
            throw new IllegalArgumentException("--input is for a network with one input; this one has "
                    + graph.getConfiguration().getNetworkInputs());
        }
        return InputType.convolutional(height, width, channels, dataFormat(graph));
    }

    /** A configuration keeps no InputType, but every layer of images writes its data format into it. */
    static CNN2DFormat dataFormat(ComputationGraph graph) {
        return graph.getConfiguration().toJson().contains("\"NHWC\"") ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }

    @Override
    public String toString() {
        return channels + "x" + height + "x" + width;
    }
}
