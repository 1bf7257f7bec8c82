package io.github.dl4jcondconv.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.samediff.DL4JSameDiffMemoryMgr;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.autodiff.samediff.internal.SessionMemMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Runs a {@link SameDiffBlock} inside a network. It takes over from DL4J's SameDiffLayer implementation whatever that one
 * leaves out: the training flag, running statistics, noise, an auxiliary loss, dropout, the L1/L2 score, setting
 * parameters, several inputs and cloning.
 */
final class BlockLayer extends SameDiffLayer {
    private static final long serialVersionUID = 1;

    private final transient Map<Variant, CompiledBlock> compiled = new HashMap<>();
    private final transient List<INDArray> furtherInputs = new ArrayList<>();
    private transient List<INDArray> furtherEpsilons = List.of();
    private transient BlockValues values;
    private transient CompiledBlock lastRun;
    private transient INDArray preActivation;
    private boolean lastTraining;
    private double auxiliaryLoss;

    /** What a compiled definition is for. */
    private record Variant(boolean training, boolean masked, List<Integer> sizes) {}

    BlockLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /** The layer itself, unwrapped where transfer learning has frozen it. */
    static BlockLayer of(Layer layer) {
        Layer inner = layer;
        while (inner instanceof BaseWrapperLayer wrapper) {
            inner = wrapper.getUnderlying();
        }
        return (BlockLayer) inner;
    }

    private SameDiffBlock block() {
        return (SameDiffBlock) layerConf();
    }

    /** Sets input {@code number} of a layer with several inputs; input 0 is {@link #setInput}. */
    void setFurtherInput(int number, INDArray array, LayerWorkspaceMgr workspaces) {
        while (furtherInputs.size() < number) {
            furtherInputs.add(null);
        }
        furtherInputs.set(number - 1, workspaces.leverageTo(ArrayType.INPUT, array));
    }

    /** Gradients with respect to inputs 1, 2, ... of the last {@link #backpropGradient}. */
    List<INDArray> furtherEpsilons() {
        return furtherEpsilons;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        applyDropOutIfNecessary(training, workspaces);
        List<INDArray> inputs = new ArrayList<>(List.of(input));
        inputs.addAll(furtherInputs);
        block().checkInputs(inputs);

        lastTraining = training;
        List<Integer> sizes =
                block().definingSizes(inputs.stream().map(INDArray::shape).toList());
        lastRun = compiled.computeIfAbsent(
                new Variant(training, maskArray != null, sizes),
                v -> new CompiledBlock(block(), dataType, paramTable, inputs, v.training(), v.masked(), sizes));
        values = new BlockValues(inputs, state(), lastRun.passValues(pass(inputs)), maskArray);
        INDArray answer = training || !InferencePass.wanted() ? null : block().infer(inferencePass(workspaces));
        if (answer != null) {
            auxiliaryLoss = 0;
            return applyActivation(workspaces.dup(ArrayType.ACTIVATIONS, answer), false, workspaces);
        }
        CompiledBlock.Outcome outcome =
                lastRun.forward(values, memory(workspaces, ArrayType.FF_WORKING_MEM, ArrayType.ACTIVATIONS));
        auxiliaryLoss = outcome.auxiliaryLoss();
        return applyActivation(ownCopy(outcome.output(), workspaces), training, workspaces);
    }

    private BlockGraph.Pass pass(List<INDArray> inputs) {
        List<long[]> shapes = inputs.stream().map(INDArray::shape).toList();
        return new BlockGraph.Pass(shapes, getIterationCount(), getEpochCount());
    }

    private InferencePass inferencePass(LayerWorkspaceMgr workspaces) {
        return new InferencePass(values, paramTable, name -> exposed(name, workspaces));
    }

    /** The value in the last pass of a variable that the definition exposed. */
    INDArray exposed(String name, LayerWorkspaceMgr workspaces) {
        return lastRun.exposed(name, values, memory(workspaces, ArrayType.FF_WORKING_MEM, ArrayType.FF_WORKING_MEM));
    }

    /** A definition may return its input or a view of it; the network must get an array that nobody else writes to. */
    private INDArray ownCopy(INDArray output, LayerWorkspaceMgr workspaces) {
        return output.isView() || values.inputs().stream().anyMatch(in -> in == output)
                ? workspaces.dup(ArrayType.ACTIVATIONS, output)
                : workspaces.leverageTo(ArrayType.ACTIVATIONS, output);
    }

    /** Activation functions work in place, so training keeps a copy of what went in for the backward pass. */
    private INDArray applyActivation(INDArray z, boolean training, LayerWorkspaceMgr workspaces) {
        preActivation = training ? z : null;
        if (block().getActivationFn() instanceof ActivationIdentity) {
            return z;
        }
        return block().getActivationFn()
                .getActivation(training ? workspaces.dup(ArrayType.ACTIVATIONS, z) : z, training);
    }

    /** The gradient before the activation function. FrozenLayerWithBackprop asks for it after an inference pass. */
    private INDArray backpropActivation(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        if (block().getActivationFn() instanceof ActivationIdentity) {
            return epsilon;
        }
        INDArray z = preActivation != null
                ? workspaces.dup(ArrayType.BP_WORKING_MEM, preActivation)
                : lastRun.forward(values, memory(workspaces, ArrayType.BP_WORKING_MEM, ArrayType.BP_WORKING_MEM))
                        .output();
        return block().getActivationFn().backprop(z, epsilon).getFirst();
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray dz = backpropActivation(epsilon, workspaces);
        Map<String, INDArray> found =
                lastRun.backward(values, dz, memory(workspaces, ArrayType.BP_WORKING_MEM, ArrayType.ACTIVATION_GRAD));

        Gradient gradient = new DefaultGradient();
        for (Parameter p : block().parameters()) {
            storeGradient(p, found.get(p.name()), gradient);
        }
        furtherEpsilons = new ArrayList<>();
        for (int i = 1; i < values.inputs().size(); i++) {
            furtherEpsilons.add(epsilonOf(i, found, workspaces));
        }
        INDArray first = epsilonOf(0, found, workspaces);
        return new Pair<>(gradient, dropoutApplied ? backpropDropOutIfPresent(first) : first);
    }

    /**
     * State is left out of the named gradients, where DL4J would clip it per parameter, and stays only in the flat view
     * that is subtracted from the parameters.
     */
    private void storeGradient(Parameter p, INDArray found, Gradient gradient) {
        INDArray view = gradTable.get(p.name());
        if (found == null) {
            view.assign(0);
        } else {
            view.assign(found);
        }
        if (p.trainable()) {
            gradient.setGradientFor(p.name(), view);
        }
    }

    private INDArray epsilonOf(int i, Map<String, INDArray> found, LayerWorkspaceMgr workspaces) {
        INDArray epsilon = found.get("input" + i);
        return epsilon == null
                ? workspaces.create(
                        ArrayType.ACTIVATION_GRAD,
                        dataType,
                        values.inputs().get(i).shape(),
                        'c')
                : workspaces.dup(ArrayType.ACTIVATION_GRAD, epsilon);
    }

    private Map<String, INDArray> state() {
        Map<String, INDArray> state = new HashMap<>();
        for (Parameter p : block().parameters()) {
            if (!p.trainable()) {
                state.put(p.name(), paramTable.get(p.name()));
            }
        }
        return state;
    }

    private static SessionMemMgr memory(LayerWorkspaceMgr workspaces, ArrayType working, ArrayType output) {
        return new DL4JSameDiffMemoryMgr(
                workspaces.getWorkspaceName(working),
                workspaces.getWorkspaceName(output),
                workspaces.getConfiguration(working),
                workspaces.getConfiguration(output));
    }

    /** L1, L2 and the auxiliary loss; DL4J's own returns 0, so that its score misses what its updater applies. */
    @Override
    public double calcRegularizationScore(boolean backpropParamsOnly) {
        double score = auxiliaryLoss;
        for (Map.Entry<String, INDArray> e : paramTable.entrySet()) {
            List<Regularization> regularization = block().getRegularizationByParam(e.getKey());
            if (regularization != null) {
                for (Regularization r : regularization) {
                    score += r.score(e.getValue(), getIterationCount(), getEpochCount());
                }
            }
        }
        return score;
    }

    @Override
    public boolean updaterDivideByMinibatch(String paramName) {
        return block().parameter(paramName).trainable();
    }

    /** The trained part only: clipping by layer must not touch the steps of running statistics. */
    @Override
    public INDArray getGradientsViewArray() {
        if (gradients == null) {
            return null;
        }
        long trained = block().parameters().stream()
                .filter(Parameter::trainable)
                .mapToLong(Parameter::length)
                .sum();
        return trained == gradients.length()
                ? gradients
                : gradients.reshape(gradients.length()).get(NDArrayIndex.interval(0, trained));
    }

    /** Assigns the value; DL4J's own checks the shape and returns. */
    @Override
    public void setParam(String key, INDArray value) {
        super.setParam(key, value);
        paramTable.get(key).assign(value);
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(INDArray mask, MaskState state, int minibatchSize) {
        maskArray = mask;
        maskState = state;
        return block().feedForwardMaskArray(mask, state, minibatchSize);
    }

    @Override
    public void clear() {
        super.clear();
        furtherInputs.clear();
        furtherEpsilons = List.of();
        values = null;
        preActivation = null;
    }

    /** A layer of the same configuration with a copy of the parameters. */
    @Override
    public Layer clone() {
        return block().instantiate(conf.clone(), getListeners(), getIndex(), params().dup(), false, dataType);
    }
}
