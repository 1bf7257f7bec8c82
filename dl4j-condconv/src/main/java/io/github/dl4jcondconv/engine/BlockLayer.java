package io.github.dl4jcondconv.engine;

import io.github.dl4jcondconv.onednn.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
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
final class BlockLayer extends SameDiffLayer implements KernelLayer {
    private static final long serialVersionUID = 1;

    private final transient Definitions definitions;
    private final transient Map<Object, Object> fixedValues = new ConcurrentHashMap<>();
    private final transient List<INDArray> furtherInputs = new ArrayList<>();
    private transient Surroundings surroundings = Surroundings.UNKNOWN;
    private transient List<INDArray> furtherEpsilons = List.of();

    /** The last pass; null after one that kernels answered at inference. */
    private transient LayerPass pass;

    private transient INDArray preActivation;
    private transient boolean wantsInputGradient;
    private double auxiliaryLoss;

    BlockLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        definitions = new Definitions(dataType);
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
    public boolean hasImageKernels() {
        return block().hasImageKernels();
    }

    @Override
    public boolean givesRows() {
        return block().givesRows();
    }

    @Override
    public boolean takesRows() {
        return block().takesRows();
    }

    @Override
    public CNN2DFormat imageFormat() {
        return block().imageFormat();
    }

    @Override
    public void setSurroundings(Surroundings surroundings) {
        this.surroundings = surroundings;
        fixedValues.clear();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        surroundings.checkPass(training);
        applyDropOutIfNecessary(training, workspaces);
        block().checkInputs(shapes());

        wantsInputGradient = surroundings.wantsInputGradient(workspaces, getTrainingListeners());
        ForwardPass.Given given = new ForwardPass.Given(
                inputs(),
                paramTable,
                maskArray != null,
                imageFormat(),
                surroundings.allowsBlocked(workspaces, getTrainingListeners()),
                surroundings.allowsRows(workspaces, getTrainingListeners()),
                surroundings.keepsOutput(workspaces, getTrainingListeners()),
                workspaces);
        return training ? train(given) : infer(given);
    }

    private INDArray train(ForwardPass.Given given) {
        LayerWorkspaceMgr workspaces = given.workspaces();
        pass = InferencePass.wanted() ? block().train(new TrainingPass(given)) : null;
        INDArray output = pass == null ? runGraph(true, given) : pass.output();
        auxiliaryLoss = pass.auxiliaryLoss();
        return pass.isActivated() ? output : applyActivation(output, true, workspaces);
    }

    private INDArray infer(ForwardPass.Given given) {
        LayerWorkspaceMgr workspaces = given.workspaces();
        pass = null;
        preActivation = null;
        auxiliaryLoss = 0;
        INDArray answer = InferencePass.wanted() ? answer(given) : null;
        if (answer == null) {
            answer = applyActivation(runGraph(false, given), false, workspaces);
            auxiliaryLoss = pass.auxiliaryLoss();
        }
        return answer;
    }

    private INDArray answer(ForwardPass.Given given) {
        InferencePass inference = inferencePass(given);
        INDArray found = block().infer(inference);
        if (found == null) {
            return null;
        }
        INDArray answer = inference.hasMade(found) ? found : given.workspaces().dup(ArrayType.ACTIVATIONS, found);
        return inference.isActivated(found) ? answer : applyActivation(answer, false, given.workspaces());
    }

    private InferencePass inferencePass(ForwardPass.Given given) {
        return new InferencePass(
                given,
                name -> graph(given.workspaces()).exposed(name, given.workspaces()),
                surroundings.fixed() ? fixedValues : null);
    }

    /** By the definition, in the form that the layers around expect. */
    private INDArray runGraph(boolean training, ForwardPass.Given given) {
        GraphPass graph = pass instanceof GraphPass begun ? begun : graphPass(training, given.workspaces());
        pass = graph;
        INDArray output = graph.run(given.workspaces()).output();
        return given.blocked()
                ? given.workspaces().leverageTo(ArrayType.ACTIVATIONS, Images.blocked(output, imageFormat()))
                : output;
    }

    /** The last inference pass as one of the definition, for what kernels do not answer. */
    private GraphPass graph(LayerWorkspaceMgr workspaces) {
        if (pass == null) {
            pass = graphPass(false, workspaces);
        }
        return (GraphPass) pass;
    }

    private GraphPass graphPass(boolean training, LayerWorkspaceMgr workspaces) {
        List<INDArray> inputs = inputs();
        inputs.set(0, ForwardPass.plain(input, imageFormat(), workspaces));
        return definitions.pass(
                block(),
                paramTable,
                inputs,
                maskArray,
                new Definitions.PassTime(training, getIterationCount(), getEpochCount()));
    }

    /** The value in the last inference pass of a variable that the definition exposed. */
    INDArray exposed(String name, LayerWorkspaceMgr workspaces) {
        return graph(workspaces).exposed(name, workspaces);
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
                : graph(workspaces).runAgain(workspaces);
        return block().getActivationFn()
                .backprop(z, Images.like(z, epsilon, imageFormat()))
                .getFirst();
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        List<INDArray> inputs = inputs();
        if (pass == null) {
            graph(workspaces);
        }
        PassGradients gradients = new PassGradients(
                gradTable, new PassGradients.Scope(inputs, imageFormat(), wantsInputGradient, workspaces));
        pass.backward(pass.isActivated() ? epsilon : backpropActivation(epsilon, workspaces), gradients);

        Gradient gradient = gradients.named(block().parameters());
        furtherEpsilons =
                IntStream.range(1, inputs.size()).mapToObj(gradients::epsilon).toList();
        INDArray first = gradients.epsilon(0);
        return new Pair<>(gradient, dropoutApplied && first != null ? backpropDropOutIfPresent(first) : first);
    }

    private List<INDArray> inputs() {
        List<INDArray> inputs = new ArrayList<>(List.of(input));
        inputs.addAll(furtherInputs);
        return inputs;
    }

    private List<long[]> shapes() {
        List<long[]> shapes = new ArrayList<>();
        for (INDArray in : inputs()) {
            shapes.add(Images.areBlocked(in) ? Images.plainShape(in, imageFormat()) : in.shape());
        }
        if (surroundings.readsRows() && ForwardPass.areRows(input)) {
            long[] images = furtherInputs.get(0).shape().clone();
            images[imageFormat() == CNN2DFormat.NCHW ? 1 : 3] = input.size(1);
            shapes.set(0, images);
        }
        return shapes;
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
        pass = null;
        preActivation = null;
    }

    /** A layer of the same configuration with a copy of the parameters. */
    @Override
    public Layer clone() {
        return block().instantiate(conf.clone(), getListeners(), getIndex(), params().dup(), false, dataType);
    }
}
