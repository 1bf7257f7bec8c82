package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.train.ImageReader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
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
    private static CNN2DFormat dataFormat(ComputationGraph graph) {
        return graph.getConfiguration().toJson().contains("\"NHWC\"") ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }

    @Override
    public String toString() {
        return channels + "x" + height + "x" + width;
    }
}
