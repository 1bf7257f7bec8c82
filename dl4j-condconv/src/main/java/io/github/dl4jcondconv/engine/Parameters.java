package io.github.dl4jcondconv.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Collects a layer's parameters in the order of their definition; state goes to the tail of the layer's view. */
public final class Parameters {
    private final List<Parameter> trained = new ArrayList<>();
    private final List<Parameter> state = new ArrayList<>();

    /** A kernel or matrix with its fans, filled by the user's weight initialisation. */
    public Parameters weight(String name, double fanIn, double fanOut, long... shape) {
        return add(new Parameter(
                name, ParamKind.WEIGHT, shape, (view, init) -> init.init(fanIn, fanOut, shape, 'c', view)));
    }

    /**
     * Experts [E, ...], each initialised on its own fans: one call on the whole array would count E (or, for a 5-D
     * kernel, an output dimension) into the fan and start the experts far too small.
     */
    public Parameters expertWeights(String name, double fanIn, double fanOut, long... shape) {
        long[] expert = Arrays.copyOfRange(shape, 1, shape.length);
        return add(new Parameter(name, ParamKind.WEIGHT, shape, (view, init) -> {
            long length = view.length() / shape[0];
            for (long e = 0; e < shape[0]; e++) {
                INDArray slice = view.get(NDArrayIndex.interval(e * length, (e + 1) * length));
                init.init(fanIn, fanOut, expert, 'c', slice);
            }
        }));
    }

    /** A kernel or matrix that starts at a constant, whatever the user's weight initialisation. */
    public Parameters constantWeight(String name, double start, long... shape) {
        return constant(name, ParamKind.WEIGHT, start, shape);
    }

    /** An offset that starts at a constant. */
    public Parameters bias(String name, double start, long... shape) {
        return constant(name, ParamKind.BIAS, start, shape);
    }

    /** A trained scale or shift of a normalisation that starts at a constant. */
    public Parameters scale(String name, double start, long... shape) {
        return constant(name, ParamKind.SCALE, start, shape);
    }

    /** A running statistic that starts at a constant. */
    public Parameters state(String name, double start, long... shape) {
        return constant(name, ParamKind.STATE, start, shape);
    }

    private Parameters constant(String name, ParamKind kind, double start, long... shape) {
        return add(new Parameter(name, kind, shape, (view, init) -> view.assign(start)));
    }

    private Parameters add(Parameter p) {
        (p.trainable() ? trained : state).add(p);
        return this;
    }

    List<Parameter> inOrder() {
        return Stream.concat(trained.stream(), state.stream()).toList();
    }
}
