package io.github.dl4jcondconv.golden;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** One layer in one configuration, on one shape of input. */
interface GoldenCase {
    /** The file's name without its extension; unique among the cases of a layer. */
    String name();

    /** The configuration as it is written to the file, in the words of DL4J's builders. */
    Map<String, String> configuration();

    /**
     * Draws the input and the parameters and computes the output with torch's own operators.
     *
     * @return the layer's output; torch differentiates it with respect to everything that was drawn as a variable
     */
    Tensor forward(Experiment experiment);
}
