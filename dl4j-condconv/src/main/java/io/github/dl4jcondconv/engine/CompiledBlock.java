package io.github.dl4jcondconv.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.autodiff.samediff.internal.SessionMemMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer's definition compiled to SameDiff for one way of running it: training or inference, with or without a mask.
 * With {@link DefinitionSession} and {@link GradientFunction} all that touches SameDiff's sessions and gradient functions.
 *
 * <p>Sessions are this object's own. SameDiff keeps one per thread id and never removes it, which would leak where
 * thread pools come and go.
 */
final class CompiledBlock {
    private static final String MASK = "mask";
    private static final String UPSTREAM = "upstream";

    private final SameDiff forward = SameDiff.create();
    private final DefinitionSession forwardSession;
    private final BlockGraph graph;
    private final List<String> inputNames = new ArrayList<>();
    private final String outputName;
    private final String auxiliaryLossName;
    private DefinitionSession gradientSession;

    CompiledBlock(
            SameDiffBlock layer,
            DataType dataType,
            Map<String, INDArray> parameters,
            List<INDArray> inputs,
            boolean training,
            boolean masked,
            List<Integer> sizes) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            // Parameters are views of the network's vector; only this holder takes views without copying them
            forward.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
            forward.setEnableCache(false);
            graph = new BlockGraph(
                    forward,
                    dataType,
                    training,
                    placeholders(dataType, inputs),
                    variables(layer, dataType, parameters),
                    masked ? forward.placeHolder(MASK, dataType, BlockGraph.unknownShape(4)) : null,
                    sizes);
            SDVariable output = layer.define(graph);
            outputName = output.name();
            auxiliaryLossName = defineLoss(output);
            forwardSession = new DefinitionSession(forward);
        }
    }

    private List<SDVariable> placeholders(DataType dataType, List<INDArray> inputs) {
        List<SDVariable> variables = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            String name = "input" + i;
            inputNames.add(name);
            variables.add(forward.placeHolder(
                    name, dataType, BlockGraph.unknownShape(inputs.get(i).rank())));
        }
        return variables;
    }

    /** Trained parameters are variables that share memory with the network; running statistics come in as values. */
    private Map<String, SDVariable> variables(
            SameDiffBlock layer, DataType dataType, Map<String, INDArray> parameters) {
        Map<String, SDVariable> variables = new LinkedHashMap<>();
        for (Parameter p : layer.parameters()) {
            if (p.trainable()) {
                SDVariable v = forward.var(p.name(), dataType, p.shape());
                forward.associateArrayWithVariable(parameters.get(p.name()), v);
                variables.put(p.name(), v);
            } else {
                variables.put(p.name(), forward.placeHolder(p.name(), dataType, p.shape()));
            }
        }
        return variables;
    }

    /**
     * Marks the loss to differentiate: the dot product of output and upstream gradient, whose gradient with respect to
     * the output is the upstream gradient. DL4J's own SameDiffLayer uses ExternalErrorsFunction instead; in M2.1 that
     * counts the upstream gradient twice (it sets the gradient, then DifferentialFunction.diff adds it again).
     *
     * @return the name of the auxiliary loss that belongs in the score, or null
     */
    private String defineLoss(SDVariable output) {
        SDVariable upstream = forward.var(UPSTREAM, VariableType.PLACEHOLDER, null, graph.dataType(), (long[]) null);
        SDVariable loss = forward.dot(output, upstream);
        if (graph.auxiliaryLosses.isEmpty()) {
            forward.setLossVariables(loss);
            return null;
        }
        SDVariable mean = graph.auxiliaryLosses.stream().reduce(SDVariable::add).orElseThrow();
        // DL4J divides gradients by the batch size N later, so here the loss is the batch's sum
        SDVariable n = graph.size(graph.input(), 0).castTo(graph.dataType());
        forward.setLossVariables(loss.add(mean.mul(n).sum()));
        return mean.name();
    }

    /**
     * Draws this pass's noise and computes whatever else {@link BlockGraph#passValue} asks for. The arrays belong to no
     * workspace: they must outlive the forward pass, and an inference pass has no workspace that does.
     */
    Map<String, INDArray> passValues(BlockGraph.Pass pass) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Map<String, INDArray> values = new LinkedHashMap<>();
            graph.passValues.forEach(
                    (name, value) -> values.put(name, value.of(pass).castTo(graph.dataType())));
            return values;
        }
    }

    /** What a forward pass gives: the output before the activation function, and the auxiliary loss (0 if none). */
    record Outcome(INDArray output, double auxiliaryLoss) {}

    Outcome forward(BlockValues values, SessionMemMgr memory) {
        List<String> wanted = new ArrayList<>(List.of(outputName));
        if (auxiliaryLossName != null) {
            wanted.add(auxiliaryLossName);
        }
        Map<String, INDArray> out = forwardSession.run(memory, placeholderValues(values), wanted, Operation.INFERENCE);
        double loss = auxiliaryLossName == null ? 0 : out.get(auxiliaryLossName).getDouble(0);
        return new Outcome(out.get(outputName), loss);
    }

    /** The value of a variable that the definition exposed. */
    INDArray exposed(String name, BlockValues values, SessionMemMgr memory) {
        String variable = graph.exposed.get(name);
        if (variable == null) {
            throw new IllegalArgumentException(
                    "no variable \"" + name + "\" is exposed: there are " + graph.exposed.keySet());
        }
        List<String> wanted = List.of(variable);
        return forwardSession
                .run(memory, placeholderValues(values), wanted, Operation.INFERENCE)
                .get(variable);
    }

    /**
     * Gradients by name: "input0", ..., every trained parameter that the output depends on, and for every running
     * statistic that moves its value before minus after.
     */
    Map<String, INDArray> backward(BlockValues values, INDArray upstream, SessionMemMgr memory) {
        createGradientOnce();
        Map<String, String> gradientNames = gradientNames();
        Map<String, INDArray> placeholders = placeholderValues(values);
        placeholders.put(UPSTREAM, upstream);
        Map<String, INDArray> out =
                gradientSession.run(memory, placeholders, new ArrayList<>(gradientNames.values()), Operation.TRAINING);
        Map<String, INDArray> byName = new HashMap<>();
        gradientNames.forEach((name, gradient) -> byName.put(name, out.get(gradient)));
        return byName;
    }

    private Map<String, String> gradientNames() {
        Map<String, String> names = new LinkedHashMap<>();
        List<String> differentiated = new ArrayList<>(inputNames);
        graph.trainedParameters().forEach(differentiated::add);
        for (String name : differentiated) {
            // null: the output does not depend on it
            SDVariable gradient = forward.getVariable(name).getGradient();
            if (gradient != null) {
                names.put(name, gradient.name());
            }
        }
        graph.stateSteps.forEach((name, step) -> names.put(name, step.name()));
        return names;
    }

    private void createGradientOnce() {
        if (gradientSession != null) {
            return;
        }
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            gradientSession = new DefinitionSession(GradientFunction.of(forward, inputNames));
        }
    }

    private Map<String, INDArray> placeholderValues(BlockValues values) {
        Map<String, INDArray> placeholders = new HashMap<>(values.state());
        for (int i = 0; i < inputNames.size(); i++) {
            placeholders.put(inputNames.get(i), values.inputs().get(i));
        }
        placeholders.putAll(values.passValues());
        if (graph.mask() != null) {
            placeholders.put(MASK, values.mask());
        }
        return placeholders;
    }
}
