package io.github.dl4jcondconv.engine;

import io.github.dl4jcondconv.onednn.Images;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What {@link SameDiffBlock#infer} may use to answer an inference pass without the layer's graph. */
public final class InferencePass extends ForwardPass {
    private static final String KERNELS = "condconv.kernels";

    private final Function<String, INDArray> exposed;
    private final Map<Object, Object> fixedValues;
    private INDArray activated;

    /** @param fixedValues what earlier passes derived from parameters that never change again; null if they may change */
    InferencePass(Given given, Function<String, INDArray> exposed, Map<Object, Object> fixedValues) {
        super(given);
        this.exposed = exposed;
        this.fixedValues = fixedValues;
    }

    /** Whether parameters never change again. */
    public boolean hasFixedParameters() {
        return fixedValues != null;
    }

    /** Declares that the layer's activation function has been applied to an answer. */
    public INDArray activated(INDArray answer) {
        activated = answer;
        return answer;
    }

    /** Whether the answer may be a row of numbers for each position that is sampled: all that reads it takes them. */
    public boolean mayGiveRows() {
        return given.outputInRows();
    }

    /** An array for such an answer, of any content; where nothing is sampled, a row that nobody reads. */
    public INDArray newRows(long positions, long channels) {
        return made(Images.create(given.workspaces(), ArrayType.ACTIVATIONS, Math.max(1, positions), channels));
    }

    /** Input 0 where it is such rows, null where it is images. */
    public INDArray rows() {
        INDArray input = given.inputs().get(0);
        return areRows(input) ? input : null;
    }

    boolean isActivated(INDArray answer) {
        return answer == activated;
    }

    /** Whether layers are asked to answer by themselves at all. */
    static boolean wanted() {
        return Nd4j.getEnvironment().isCPU() && Boolean.parseBoolean(System.getProperty(KERNELS, "true"));
    }

    /** The value in this pass of a variable that the definition exposed, computed by as much of the graph as it needs. */
    public INDArray value(String name) {
        return exposed.apply(name);
    }

    /**
     * What follows from the parameters alone, such as kernels in the layout that oneDNN wants: computed once where
     * parameters never change again, otherwise in each pass.
     *
     * @param key tells it from all other values of the layer
     */
    @SuppressWarnings("unchecked") // a key belongs to one type
    public <T> T ofParameters(Object key, Supplier<T> value) {
        if (fixedValues == null) {
            return value.get();
        }
        return (T) fixedValues.computeIfAbsent(key, k -> {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                return value.get();
            }
        });
    }

    @Override
    ArrayType keptIn() {
        return ArrayType.FF_WORKING_MEM;
    }
}
