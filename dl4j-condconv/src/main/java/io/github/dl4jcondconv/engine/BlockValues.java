package io.github.dl4jcondconv.engine;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The values that one pass reads beside the trained parameters. The same object goes to the forward and the backward
 * pass, so both see the same noise.
 *
 * @param inputs the layer's inputs after dropout
 * @param state running statistics by name
 * @param passValues noise and other values of this pass by name
 * @param mask input mask or null
 */
record BlockValues(
        List<INDArray> inputs, Map<String, INDArray> state, Map<String, INDArray> passValues, INDArray mask) {}
