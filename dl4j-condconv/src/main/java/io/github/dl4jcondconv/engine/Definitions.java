package io.github.dl4jcondconv.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer's definition in the forms that passes have asked for so far, each compiled once. */
final class Definitions {
    private final DataType dataType;
    private final Map<Variant, CompiledBlock> compiled = new HashMap<>();

    /** What a compiled definition is for. */
    private record Variant(boolean training, boolean masked, List<Integer> sizes) {}

    Definitions(DataType dataType) {
        this.dataType = dataType;
    }

    /**
     * A pass of the definition, not yet run.
     *
     * @param inputs in plain layout
     * @param mask input mask or null
     */
    GraphPass pass(
            SameDiffBlock block,
            Map<String, INDArray> parameters,
            List<INDArray> inputs,
            INDArray mask,
            PassTime time) {
        List<long[]> shapes = inputs.stream().map(INDArray::shape).toList();
        List<Integer> sizes = block.definingSizes(shapes);
        CompiledBlock definition = compiled.computeIfAbsent(
                new Variant(time.training(), mask != null, sizes),
                v -> new CompiledBlock(block, dataType, parameters, inputs, v.training(), v.masked(), sizes));
        Map<String, INDArray> passValues =
                definition.passValues(new BlockGraph.Pass(shapes, time.iteration(), time.epoch()));
        BlockValues values = new BlockValues(inputs, state(block, parameters), passValues, mask);
        return new GraphPass(definition, values, block.parameters());
    }

    /** When a pass happens. */
    record PassTime(boolean training, int iteration, int epoch) {}

    private static Map<String, INDArray> state(SameDiffBlock block, Map<String, INDArray> parameters) {
        Map<String, INDArray> state = new HashMap<>();
        for (Parameter p : block.parameters()) {
            if (!p.trainable()) {
                state.put(p.name(), parameters.get(p.name()));
            }
        }
        return state;
    }
}
