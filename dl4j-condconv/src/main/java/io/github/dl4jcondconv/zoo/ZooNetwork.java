package io.github.dl4jcondconv.zoo;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * A network of the papers as a DL4J zoo model: one image in, a probability for each class out, unless it has another head.
 *
 * <pre>
 * ComputationGraph graph = ResNet.builder(50).block(BlockKind.CONDCONV).experts(8).numClasses(10).build().init();
 * </pre>
 *
 * The network's input is the vertex "input". No trained weights come with it.
 */
public abstract class ZooNetwork extends ZooModel<ComputationGraph> {
    static final String INPUT = "input";

    private static final int MOST_EXPERTS = 32;

    private final Traits traits;
    private final BlockKind block;
    private final int experts;
    private final int lambda;
    private final double width;
    private final int numClasses;
    private final Double dropOut;
    private final CNN2DFormat dataFormat;
    private final long seed;
    private final IUpdater updater;
    private final double l2;
    private final CacheMode cacheMode;
    private final WorkspaceMode workspaceMode;
    private int[] inputShape;

    /**
     * @throws IllegalArgumentException if the network cannot be built so, in one line that says what it can be
     */
    ZooNetwork(Builder<?> builder, Traits traits) {
        this.traits = traits;
        block = builder.block;
        experts = builder.experts == null ? 8 : builder.experts;
        lambda = builder.lambda == null ? 1 : builder.lambda;
        width = builder.width;
        numClasses = builder.numClasses == null ? traits.classes() : builder.numClasses;
        dropOut = builder.dropOut;
        dataFormat = builder.dataFormat;
        seed = builder.seed;
        updater = builder.updater;
        l2 = builder.l2;
        cacheMode = builder.cacheMode;
        workspaceMode = builder.workspaceMode;
        inputShape = builder.inputShape == null ? new int[] {3, traits.side(), traits.side()} : builder.inputShape;
        require(traits.kinds().contains(block), "block", block, new TreeSet<>(traits.kinds()));
        requireFor(BlockKind.CONDCONV, "experts", builder.experts);
        requireFor(BlockKind.WEIGHTNET, "lambda", builder.lambda);
        require(experts >= 1 && experts <= MOST_EXPERTS, "experts", experts, "1 to " + MOST_EXPERTS);
        require(lambda >= 1 && lambda <= 16, "lambda", lambda, "1 to 16");
        require(
                traits.widths().allowed().test(width),
                "width",
                width,
                traits.widths().description());
        require(dropOut(0) >= 0 && dropOut(0) <= 1, "dropOut", dropOut, "0 to 1");
        require(numClasses >= 2, "number of classes", numClasses, "2 or more");
        requireShape(inputShape);
    }

    /** Writes the network down, from {@link Blueprint#input()} to its classifier. */
    abstract void write(Blueprint net);

    /** How its BatchNormalizations are set. */
    Normalization normalization() {
        return Normalization.USUAL;
    }

    /** How its convolutions are padded: by their own numbers, or Same, as TensorFlow does. */
    ConvolutionMode convolutionMode() {
        return ConvolutionMode.Truncate;
    }

    /** What its convolutions can be made of. */
    public final Set<BlockKind> kinds() {
        return new TreeSet<>(traits.kinds());
    }

    /** What its convolutions are made of. */
    public final BlockKind block() {
        return block;
    }

    /**
     * Whether there are conditional layers. One expert means none: it is the baseline that the papers' tables list under
     * that number.
     */
    final boolean isConditional() {
        return block == BlockKind.CONDCONV && experts > 1;
    }

    /**
     * The kernels of a block: of experts that one router of its own chooses for all its convolutions, or fixed.
     *
     * @param x what the block reads
     */
    final Kernels kernels(Blueprint net, String block, Features x, boolean conditional) {
        return conditional ? MixedKernels.sharedRouter(net, block + ".routing_fn", x, experts) : new FixedKernels();
    }

    /** The kernels of a network that is plain or ACNet: its 3x3 and 5x5 convolutions are blocks with such gammas. */
    final Kernels fixedOrAsymmetric(GammaInit gammas) {
        return block == BlockKind.ACNET ? new AsymmetricKernels(gammas) : new FixedKernels();
    }

    final int experts() {
        return experts;
    }

    final int lambda() {
        return lambda;
    }

    final double width() {
        return width;
    }

    final int numClasses() {
        return numClasses;
    }

    /** Probability of keeping an input of the classifier in training: what the user chose, else the usual one. */
    final double dropOut(double usual) {
        return dropOut == null ? usual : dropOut;
    }

    /** The type of its input: the images' size and data format. */
    public final InputType inputType() {
        return InputType.convolutional(inputShape[1], inputShape[2], inputShape[0], dataFormat);
    }

    /** The network's configuration, without weights in memory. */
    public final ComputationGraphConfiguration conf() {
        return graphBuilder().build();
    }

    /** The network with its outputs set, open to changes before it is built. */
    public final GraphBuilder graphBuilder() {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(updater.clone())
                .l2(l2)
                .weightInit(WeightInit.RELU)
                .convolutionMode(convolutionMode())
                .cacheMode(cacheMode)
                .trainingWorkspaceMode(workspaceMode)
                .inferenceWorkspaceMode(workspaceMode)
                .graphBuilder()
                .addInputs(INPUT)
                .setInputTypes(inputType());
        write(new Blueprint(graph, inputShape[0], normalization(), convolutionMode()));
        return graph;
    }

    /**
     * The network with its first weights, ready to train.
     *
     * @param <M> ComputationGraph; DL4J leaves it to the caller to name the class
     */
    @Override
    @SuppressWarnings("unchecked")
    public final <M extends Model> M init() {
        ComputationGraph graph = new ComputationGraph(conf());
        graph.init();
        return (M) graph;
    }

    /** The name on the command line. */
    @Override
    public final String modelName() {
        return traits.name();
    }

    @Override
    public final Class<? extends Model> modelType() {
        return ComputationGraph.class;
    }

    /**
     * Sets the images' size.
     *
     * @param inputShape one array: channels, height, width
     */
    @Override
    public final void setInputShape(int[][] inputShape) {
        requireShape(inputShape[0]);
        this.inputShape = inputShape[0].clone();
    }

    @Override
    @Deprecated
    public final ModelMetaData metaData() {
        return new ModelMetaData(new int[][] {inputShape.clone()}, 1, ZooType.CNN);
    }

    /** Null: there are no trained weights. */
    @Override
    public final String pretrainedUrl(PretrainedType pretrainedType) {
        return null;
    }

    @Override
    public final long pretrainedChecksum(PretrainedType pretrainedType) {
        return 0;
    }

    private void requireShape(int... shape) {
        require(
                shape.length == 3 && shape[0] >= 1 && Math.min(shape[1], shape[2]) >= traits.smallestSide(),
                "input",
                String.join(
                        "x", Arrays.stream(shape).mapToObj(Integer::toString).toList()),
                "channels x height x width from 1x" + traits.smallestSide() + "x" + traits.smallestSide());
    }

    /** Refuses an option that belongs to another kind of block. */
    final void requireFor(BlockKind kind, String option, Object value) {
        require(value == null || block == kind, option, value, "only with block " + kind + ", this one is " + block);
    }

    /** Fails with one line that names the network, the option, its value and what is allowed. */
    final void require(boolean holds, String option, Object value, Object allowed) {
        if (!holds) {
            throw new IllegalArgumentException(
                    traits.name() + ": " + option + " is " + value + ", allowed: " + allowed);
        }
    }

    /**
     * Options that networks have in common. One that a network does not have is refused when it is built.
     *
     * @param <T> the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> {
        private BlockKind block = BlockKind.PLAIN;
        private Integer experts;
        private Integer lambda;
        private double width = 1;
        private int[] inputShape;
        private Integer numClasses;
        private Double dropOut;
        private CNN2DFormat dataFormat = CNN2DFormat.NCHW;
        private long seed = 1234;
        private IUpdater updater = new Nesterovs(0.1, 0.9);
        private double l2 = 1e-4;
        private CacheMode cacheMode = CacheMode.NONE;
        private WorkspaceMode workspaceMode = WorkspaceMode.ENABLED;

        Builder() {}

        /** What the convolutions are made of; default {@link BlockKind#PLAIN}. */
        public T block(BlockKind kind) {
            block = kind;
            return self();
        }

        /**
         * CondConv: number of experts of each conditional layer, 1 to 32; default 8, the paper's usual choice. With one
         * the network is its stock self, as in the papers' tables, unless it says otherwise.
         */
        public T experts(int number) {
            experts = number;
            return self();
        }

        /** WeightNet: the paper's lambda = M/G, with G = 2; 1 to 16, default 1. */
        public T lambda(int ratio) {
            lambda = ratio;
            return self();
        }

        /** Multiplier of the numbers of channels, for networks that come in several widths; default 1. */
        public T width(double multiplier) {
            width = multiplier;
            return self();
        }

        /** Channels, height and width of the images; default: the paper's. */
        public T inputShape(int channels, int height, int width) {
            inputShape = new int[] {channels, height, width};
            return self();
        }

        /** Number of classes, at least 2; default: the paper's, 1000 for ImageNet and 10 for CIFAR-10. */
        public T numClasses(int classes) {
            numClasses = classes;
            return self();
        }

        /** Probability of keeping an input of the classifier in training, 0 for no dropout; default: the paper's. */
        public T dropOut(double retain) {
            dropOut = retain;
            return self();
        }

        /** NCHW or NHWC; default NCHW. */
        public T dataFormat(CNN2DFormat format) {
            dataFormat = format;
            return self();
        }

        /** Seed of the first weights; default 1234. */
        public T seed(long seed) {
            this.seed = seed;
            return self();
        }

        /** Updater; default: momentum 0.9 with learning rate 0.1, unless the network says otherwise. */
        public T updater(IUpdater updater) {
            this.updater = updater;
            return self();
        }

        /** L2 regularisation of the weights; default 1e-4, unless the network says otherwise. */
        public T l2(double l2) {
            this.l2 = l2;
            return self();
        }

        /** DL4J's cache mode; default NONE. */
        public T cacheMode(CacheMode mode) {
            cacheMode = mode;
            return self();
        }

        /** DL4J's workspace mode in training and inference; default ENABLED. */
        public T workspaceMode(WorkspaceMode mode) {
            workspaceMode = mode;
            return self();
        }

        /**
         * The network, not yet initialised.
         *
         * @throws IllegalArgumentException if the network cannot be built so, in one line that says what it can be
         */
        public abstract ZooNetwork build();

        @SuppressWarnings("unchecked")
        final T self() {
            return (T) this;
        }
    }
}
