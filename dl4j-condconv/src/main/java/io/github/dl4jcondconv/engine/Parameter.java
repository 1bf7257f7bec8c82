package io.github.dl4jcondconv.engine;

import java.util.Arrays;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One parameter array of a layer.
 *
 * @param name no underscore: DL4J's updater splits {@code layer_parameter} at the last one (BaseMultiLayerUpdater)
 * @param kind what may change it
 * @param shape its shape, in c order within the network's flat parameter vector
 * @param start how it is filled when the network is initialised
 */
public record Parameter(String name, ParamKind kind, long[] shape, Start start) {

    /** Fills a parameter's flat view before training. */
    @FunctionalInterface
    public interface Start {
        /**
         * @param view the parameter as a vector of its length
         * @param weightInit the weight initialisation that the user chose for this parameter
         */
        void fill(INDArray view, IWeightInit weightInit);
    }

    public Parameter {
        if (name.indexOf('_') >= 0) {
            throw new IllegalArgumentException("parameter name \"" + name
                    + "\" holds an underscore: DL4J's updater could not tell the layer's name from the parameter's");
        }
    }

    /** Number of elements. */
    public long length() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** Whether an updater trains it. */
    public boolean trainable() {
        return kind != ParamKind.STATE;
    }
}
