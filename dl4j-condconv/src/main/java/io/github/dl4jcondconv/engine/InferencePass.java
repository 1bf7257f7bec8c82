package io.github.dl4jcondconv.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What {@link SameDiffBlock#infer} may use to answer an inference pass without the layer's graph. */
public final class InferencePass {
    private static final String KERNELS = "condconv.kernels";

    private final List<INDArray> inputs;
    private final Map<String, INDArray> parameters;
    private final boolean masked;
    private final Function<String, INDArray> exposed;

    InferencePass(
            List<INDArray> inputs,
            Map<String, INDArray> parameters,
            boolean masked,
            Function<String, INDArray> exposed) {
        this.inputs = List.copyOf(inputs);
        this.parameters = parameters;
        this.masked = masked;
        this.exposed = exposed;
    }

    /** Whether layers are asked to answer by themselves at all. */
    static boolean wanted() {
        return Nd4j.getEnvironment().isCPU() && Boolean.parseBoolean(System.getProperty(KERNELS, "true"));
    }

    /** Input {@code i}, in the network's data format. */
    public INDArray input(int i) {
        return inputs.get(i);
    }

    /** A parameter by name. */
    public INDArray parameter(String name) {
        return parameters.get(name);
    }

    /** Whether the input has a mask. */
    public boolean isMasked() {
        return masked;
    }

    /** The value in this pass of a variable that the definition exposed, computed by as much of the graph as it needs. */
    public INDArray value(String name) {
        return exposed.apply(name);
    }
}
