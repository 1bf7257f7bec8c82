package io.github.dl4jcondconv.engine;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.Getter;
import lombok.NoArgsConstructor;
import lombok.Setter;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * Base of every layer of this library: a DL4J SameDiffLayer with what that class lacks. A subclass lists its
 * {@link Parameters} and states its mathematics once, in {@link #define}; the engine runs it in training and inference,
 * on every backend, data type and workspace mode.
 *
 * <p>Settings that are left out are taken from the network's global configuration, as DL4J's own layers do: activation,
 * weight initialisation, bias initialisation, updaters, regularisation, dropout and gradient normalisation.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PROTECTED)
public abstract class SameDiffBlock extends SameDiffLayer {
    private static final long serialVersionUID = 1;

    private IActivation activationFn;
    private IWeightInit weightInitFn;
    private double biasInit = Double.NaN;

    /** Whether all options are set: a configuration that is read from a file gets them one by one, its name among them. */
    @Getter(AccessLevel.NONE)
    @Setter(AccessLevel.NONE)
    private transient boolean complete;

    protected SameDiffBlock(Builder<?> builder) {
        super(builder);
        activationFn = builder.activationFn;
        weightInitFn = builder.weightInitFn;
        biasInit = builder.biasInit;
        // A builder may build twice
        OwnSettings.giveRegularization(this);
    }

    /** Lists the layer's parameters for its present sizes. */
    protected abstract void defineParameters(Parameters parameters);

    /**
     * States what the layer computes, before its activation function, for inputs and an output of the network's data
     * format and any batch size. Called once for training and once for inference; a definition must not read the sizes
     * of a particular batch, except {@link #definingSizes}.
     */
    protected abstract SDVariable define(BlockGraph graph);

    /**
     * Answers an inference pass by other means than the graph, or null to leave the pass to the graph, as the default
     * does. The answer, an array in the network's data format or {@link InferencePass#newOutput}, must be the definition's
     * to rounding, before the activation function or {@link InferencePass#activated} after it. Asked on CPU backends only,
     * and not where the system property {@code condconv.kernels} is false.
     */
    protected INDArray infer(InferencePass pass) {
        return null;
    }

    /**
     * Computes a training pass by other means than the graph, or null to leave it to the graph, as the default does. Output
     * and gradients must be the definition's to rounding. Asked where {@link #infer} is.
     */
    protected LayerPass train(TrainingPass pass) {
        return null;
    }

    /**
     * Whether {@link #train} and {@link #infer} compute images on oneDNN's memory, with the present options and apart from
     * rare sizes: then the layers around hand on images in the layout that kernels want, and take them so.
     */
    protected boolean hasImageKernels() {
        return false;
    }

    /**
     * Whether {@link #infer} may answer with a row [C] for each position that the mask, input 1, samples, and nothing for
     * the others: {@link InferencePass#newRows}.
     */
    protected boolean givesRows() {
        return false;
    }

    /** Whether {@link #infer} takes such an answer of a layer with the same mask as its input 0. */
    protected boolean takesRows() {
        return false;
    }

    /** The data format of the images that the layer reads and makes. */
    protected CNN2DFormat imageFormat() {
        return CNN2DFormat.NCHW;
    }

    /**
     * Numbers that follow from the shapes of a pass and that the definition needs as constants: it is stated once for
     * each list that turns up, so there must be few. Most layers need none.
     */
    protected List<Integer> definingSizes(List<long[]> inputShapes) {
        return List.of();
    }

    /**
     * Multiply-adds of one example: one for each multiplication of the convolution or matrix product, routing and
     * kernel generation included; bias, normalisation, activation and pooling count as none.
     */
    public abstract long multiplyAdds(InputType input);

    /**
     * Rejects inputs that do not fit, naming the layer.
     *
     * @param shapes of all inputs of this pass, images in the network's data format
     */
    protected abstract void validateInputs(List<long[]> shapes);

    /**
     * Rejects types of inputs that do not fit each other, naming the layer. Called for a layer with several inputs when a
     * graph of known input types is built.
     *
     * @param types of all inputs, in order
     */
    protected void validateInputTypes(List<InputType> types) {
        for (int i = 0; i < vectorInputs().size(); i++) {
            VectorInput expected = vectorInputs().get(i);
            require(
                    types.get(i + 1) instanceof InputTypeFeedForward vector && vector.getSize() == expected.size(),
                    expected.name(),
                    types.get(i + 1),
                    "a vector, InputType.feedForward(" + expected.size() + ")");
        }
    }

    /** How many inputs the layer takes; a layer with more than one is added by {@link MultiInputVertex#addLayer}. */
    protected int inputCount() {
        return 1 + vectorInputs().size();
    }

    /**
     * Inputs 1, 2, ... of a layer whose further inputs are vectors. Their sizes are checked when a graph of known input
     * types is built, and in each pass.
     */
    protected List<VectorInput> vectorInputs() {
        return List.of();
    }

    final void checkInputs(List<long[]> shapes) {
        require(
                shapes.size() == inputCount(),
                "number of inputs",
                shapes.size(),
                inputCount() + ", given in MultiInputVertex.addLayer");
        validateInputs(shapes);
        for (int i = 0; i < vectorInputs().size(); i++) {
            VectorInput expected = vectorInputs().get(i);
            long[] shape = {shapes.get(0)[0], expected.size()};
            long[] found = shapes.get(i + 1);
            require(Arrays.equals(found, shape), expected.name(), Arrays.toString(found), Arrays.toString(shape));
        }
    }

    /** Fails with one line that names the layer, the option, its value and what is allowed. */
    protected final void require(boolean holds, String option, Object value, Object allowed) {
        if (!holds) {
            throw new IllegalArgumentException(describe() + ": " + option + " is " + value + ", allowed: " + allowed);
        }
    }

    /** The layer's parameters for its present sizes, running statistics last. */
    public final List<Parameter> parameters() {
        Parameters parameters = new Parameters();
        defineParameters(parameters);
        return parameters.inOrder();
    }

    Parameter parameter(String name) {
        return parameters().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(describe() + " has no parameter \"" + name + "\""));
    }

    /** "CondConv2D "conv1"": how messages name this layer. */
    protected String describe() {
        return getClass().getSimpleName() + (getLayerName() == null ? "" : " \"" + getLayerName() + "\"");
    }

    @Override
    public final SDVariable defineLayer(
            SameDiff sameDiff, SDVariable input, Map<String, SDVariable> parameters, SDVariable mask) {
        List<Integer> sizes = definingSizes(List.of(input.getShape()));
        return define(new BlockGraph(sameDiff, input.dataType(), false, List.of(input), parameters, mask, sizes));
    }

    @Override
    public final void defineParameters(SDLayerParams params) {
        for (Parameter p : parameters()) {
            if (p.kind() == ParamKind.WEIGHT) {
                params.addWeightParam(p.name(), p.shape());
            } else {
                params.addBiasParam(p.name(), p.shape());
            }
        }
    }

    /** Computed anew on each call: DL4J's own keeps the shapes of its first call, made before nIn is known. */
    @Override
    @JsonIgnore
    public SDLayerParams getLayerParams() {
        SDLayerParams params = new SDLayerParams();
        defineParameters(params);
        return params;
    }

    @Override
    public void initializeParameters(Map<String, INDArray> views) {
        for (Parameter p : parameters()) {
            Map<String, IWeightInit> own = getParamWeightInit();
            IWeightInit init = own == null ? weightInitFn : own.getOrDefault(p.name(), weightInitFn);
            require(
                    p.length() > 0,
                    "shape of parameter " + p.name(),
                    Arrays.toString(p.shape()),
                    "sizes from 1; set nIn, or the network's input types");
            INDArray view = views.get(p.name());
            p.start().fill(view.reshape(view.length()), init);
        }
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int layerIndex,
            INDArray paramsView,
            boolean initializeParams,
            DataType dataType) {
        checkOptions();
        BlockLayer layer = new BlockLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(paramsView);
        layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
        layer.setConf(conf);
        return layer;
    }

    /** A layer that its builder could not name is named now, so that an error can say which one it is. */
    @Override
    public void setLayerName(String name) {
        super.setLayerName(name);
        if (complete && name != null) {
            checkOptions();
        }
    }

    /**
     * Rejects options that are not allowed, by {@link #require}. Called when the layer has its name: at the end of its
     * builder, or when it is added to a network.
     */
    protected void checkOptions() {
        if (getParamWeightInit() != null) {
            List<String> weights = parameters().stream()
                    .filter(p -> p.kind() == ParamKind.WEIGHT)
                    .map(Parameter::name)
                    .toList();
            getParamWeightInit()
                    .keySet()
                    .forEach(name -> require(weights.contains(name), "weightInit of one parameter", name, weights));
        }
    }

    /** A constraint of all parameters means the trained ones: running statistics are the layer's own to move. */
    @Override
    protected void initializeConstraints(Layer.Builder<?> builder) {
        complete = true;
        if (getLayerName() != null) {
            checkOptions();
        }
        super.initializeConstraints(builder);
        if (getConstraints() != null) {
            Set<String> trained = parameters().stream()
                    .filter(Parameter::trainable)
                    .map(Parameter::name)
                    .collect(Collectors.toSet());
            getConstraints().forEach(c -> c.getParams().retainAll(trained));
        }
    }

    @Override
    public ParamInitializer initializer() {
        return BlockParamInitializer.INSTANCE;
    }

    @Override
    public IUpdater getUpdaterByParam(String name) {
        return switch (parameter(name).kind()) {
            case STATE -> new NoOp();
            case BIAS -> biasUpdater == null ? updater : biasUpdater;
            default -> updater;
        };
    }

    @Override
    public List<Regularization> getRegularizationByParam(String name) {
        return switch (parameter(name).kind()) {
            case WEIGHT -> regularization;
            case BIAS -> regularizationBias;
            default -> null;
        };
    }

    @Override
    public void applyGlobalConfigToLayer(NeuralNetConfiguration.Builder global) {
        if (activationFn == null) {
            activationFn = global.getActivationFn();
        }
        if (weightInitFn == null) {
            weightInitFn = global.getWeightInitFn();
        }
        if (Double.isNaN(biasInit)) {
            biasInit = global.getBiasInit();
        }
        OwnSettings.giveTo(this);
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType input) {
        InputType output = getOutputType(-1, input);
        long parameters = initializer().numParams(this);
        long updaterState = this.parameters().stream()
                .mapToLong(p -> getUpdaterByParam(p.name()).stateSize(p.length()))
                .sum();
        return new LayerMemoryReport.Builder(getLayerName(), getClass(), input, output)
                .standardMemory(parameters, updaterState)
                .workingMemory(0, workingElements(input), 0, 2 * workingElements(input))
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
                .build();
    }

    /** Elements of working memory that the forward pass of one example needs beside input and output. */
    protected long workingElements(InputType input) {
        return getOutputType(-1, input).arrayElementsPerExample();
    }

    @Override
    public SameDiffBlock clone() {
        SameDiffBlock copy = (SameDiffBlock) super.clone();
        OwnSettings.giveTo(copy);
        return copy;
    }

    /**
     * Settings that every layer of this library takes.
     *
     * @param <T> the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> extends SameDiffLayer.Builder<T> {
        private IActivation activationFn;
        private IWeightInit weightInitFn;
        private double biasInit = Double.NaN;

        /** Activation function of the output; default: the network's. */
        public T activation(Activation activation) {
            return activation(activation.getActivationFunction());
        }

        /** Activation function of the output; default: the network's. */
        public T activation(IActivation activation) {
            activationFn = activation;
            return self();
        }

        /** Initialisation of all weights; default: the network's. */
        @Override
        public T weightInit(WeightInit weightInit) {
            return weightInit(weightInit.getWeightInitFunction());
        }

        /** Initialisation of all weights; default: the network's. */
        public T weightInit(IWeightInit weightInit) {
            weightInitFn = weightInit;
            return self();
        }

        /** First value of biases; default: the network's. */
        public T biasInit(double value) {
            biasInit = value;
            return self();
        }

        @SuppressWarnings("unchecked")
        protected final T self() {
            return (T) this;
        }
    }
}
