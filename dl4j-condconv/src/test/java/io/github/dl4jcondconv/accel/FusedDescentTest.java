package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.Solver;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.NesterovsUpdater;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Mostly in DOUBLE, whose layers stay DL4J's own: the gradients are the same, and so must be all that is made of them. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class FusedDescentTest {
    private static final int STEPS = 3;

    private final DataSet batch = batch();

    @Test
    void theNetworksSolverIsTheFusedOne() {
        Solver solver = Internals.get(ComputationGraph.class, "solver", accelerated(graph(builder -> builder)));
        assertThat(solver.getOptimizer()).isInstanceOf(FusedDescent.class);
    }

    /** All but AdaBelief, which DL4J cannot run. */
    static List<IUpdater> updaters() {
        return List.of(
                new Sgd(0.1),
                new Nesterovs(0.1, 0.9),
                new Nesterovs(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 2)),
                new Adam(),
                new AdaMax(),
                new Nadam(),
                new AMSGrad(),
                new RmsProp(),
                new AdaGrad(),
                new AdaDelta(),
                new NoOp());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void parametersBecomeWhatDl4jMakesOfThem(IUpdater updater) {
        ComputationGraph stock = trained(graph(builder -> builder.updater(updater)));
        ComputationGraph fused = trained(accelerated(graph(builder -> builder.updater(updater))));
        assertThat(fused.params().toDoubleVector()).isEqualTo(stock.params().toDoubleVector());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void updaterStateBecomesWhatDl4jMakesOfIt(IUpdater updater) {
        ComputationGraph stock = trained(graph(builder -> builder.updater(updater)));
        ComputationGraph fused = trained(accelerated(graph(builder -> builder.updater(updater))));
        assertThat(numbers(fused.getUpdater().getStateViewArray()))
                .isEqualTo(numbers(stock.getUpdater().getStateViewArray()));
    }

    /** Of tiles, whose last one is shorter; DL4J's operations round every product and sum, and so does Java. */
    @Test
    void momentumInFloatBecomesWhatNd4jsOperationMakesOfIt() {
        long size = 2 * NesterovsTile.MOST + 77;
        INDArray params = Nd4j.randn(DataType.FLOAT, size);
        INDArray gradients = Nd4j.randn(DataType.FLOAT, size);
        INDArray v = Nd4j.randn(DataType.FLOAT, size);
        INDArray[] expected = {params.dup(), gradients.div(48), v.dup()};
        Nesterovs config = new Nesterovs(0.0137, 0.9);
        Nd4j.exec(new NesterovsUpdater(expected[1], expected[2], 0.0137, 0.9));
        expected[0].subi(expected[1]);
        for (long from = 0; from < size; from += NesterovsTile.MOST) {
            int length = (int) Math.min(NesterovsTile.MOST, size - from);
            new NesterovsTile(params, gradients, v, from, from, length, true, config).apply(48, 0, 0);
        }
        assertThat(Nd4j.concat(0, params, gradients, v)).isCloseTo(Nd4j.concat(0, expected), 1e-6);
    }

    /** In FLOAT, whose gradients differ by rounding: 1e-6 a step. */
    @Test
    void parametersInFloatBecomeWhatDl4jMakesOfThem() {
        ComputationGraph stock = trained(graph(builder -> builder.dataType(DataType.FLOAT)));
        ComputationGraph fused = trained(accelerated(graph(builder -> builder.dataType(DataType.FLOAT))));
        assertThat(fused.params()).isCloseTo(stock.params(), 1e-5);
    }

    static List<UnaryOperator<NeuralNetConfiguration.Builder>> options() {
        return List.of(
                builder -> builder.l1(0.01).l2(0.02),
                builder -> builder.weightDecay(0.01).weightDecayBias(0.02),
                builder -> builder.weightDecay(0.01, false),
                builder -> builder.miniBatch(false),
                builder -> builder.biasUpdater(new Sgd(0.3)),
                builder -> builder.gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.1),
                builder -> builder.gradientNormalization(GradientNormalization.RenormalizeL2PerParamType),
                builder -> builder.constrainWeights(new MaxNormConstraint(0.5, 1)));
    }

    @ParameterizedTest
    @MethodSource("options")
    void whateverElseChangesGradientsDoesItAsInDl4j(UnaryOperator<NeuralNetConfiguration.Builder> option) {
        ComputationGraph stock = trained(graph(option));
        ComputationGraph fused = trained(accelerated(graph(option)));
        assertThat(fused.params().toDoubleVector()).isEqualTo(stock.params().toDoubleVector());
    }

    @Test
    void aLayerOfMoreParametersThanAreUpdatedAtOnceIsUpdatedAsInDl4j() {
        ComputationGraph stock = graph(builder -> builder.updater(new Adam()), 1000);
        ComputationGraph fused = accelerated(graph(builder -> builder.updater(new Adam()), 1000));
        Stream.of(stock, fused).forEach(network -> network.fit(batch));
        assertThat(fused.params()).isEqualTo(stock.params());
    }

    @Test
    void aMultiLayerNetworkIsUpdatedAsInDl4j() {
        MultiLayerNetwork stock = layers();
        MultiLayerNetwork fused = layers();
        CpuAcceleration.accelerate(fused);
        Stream.of(stock, fused).forEach(network -> network.fit(batch));
        assertThat(fused.params().toDoubleVector()).isEqualTo(stock.params().toDoubleVector());
    }

    @Test
    void theGradientAfterAStepIsTheUpdateAsInDl4j() {
        ComputationGraph stock = trained(graph(builder -> builder));
        ComputationGraph fused = trained(accelerated(graph(builder -> builder)));
        assertThat(fused.gradient().gradient().toDoubleVector())
                .isEqualTo(stock.gradient().gradient().toDoubleVector());
    }

    @Test
    void aLearningRateThatIsSetLaterCounts() {
        ComputationGraph stock = trained(graph(builder -> builder));
        ComputationGraph fused = trained(accelerated(graph(builder -> builder)));
        Stream.of(stock, fused).forEach(network -> {
            network.setLearningRate(0.01);
            network.fit(batch);
        });
        assertThat(fused.params().toDoubleVector()).isEqualTo(stock.params().toDoubleVector());
    }

    @Test
    void parametersThatAreSetLaterAreUpdated() {
        ComputationGraph stock = trained(graph(builder -> builder));
        ComputationGraph fused = trained(accelerated(graph(builder -> builder)));
        Stream.of(stock, fused).forEach(network -> {
            network.setParams(network.params().mul(0.5));
            network.fit(batch);
        });
        assertThat(fused.params().toDoubleVector()).isEqualTo(stock.params().toDoubleVector());
    }

    @Test
    void aNetworkThatHasTrainedKeepsItsUpdaterState() {
        ComputationGraph stock = trained(graph(builder -> builder));
        ComputationGraph fused = trained(graph(builder -> builder));
        CpuAcceleration.accelerate(fused);
        Stream.of(stock, fused).forEach(this::trained);
        assertThat(fused.params().toDoubleVector()).isEqualTo(stock.params().toDoubleVector());
    }

    @Test
    void listenersThatAreSetLaterHearEveryIteration() {
        ComputationGraph fused = accelerated(graph(builder -> builder));
        CollectScoresListener listener = new CollectScoresListener(1);
        fused.setListeners(listener);
        trained(fused);
        assertThat(listener.getListIteration().toArray()).containsExactly(0, 1, 2);
    }

    @Test
    void aNetworkThatOnlyPredictsGetsNoUpdaterState() {
        ComputationGraph graph = graph(builder -> builder);
        CpuAcceleration.accelerate(graph);
        assertThat(graph.getUpdater(false)).isNull();
    }

    private static double[] numbers(INDArray state) {
        return state == null ? new double[0] : state.toDoubleVector();
    }

    private ComputationGraph trained(ComputationGraph graph) {
        for (int i = 0; i < STEPS; i++) {
            graph.fit(batch);
        }
        return graph;
    }

    private static ComputationGraph accelerated(ComputationGraph graph) {
        CpuAcceleration.accelerate(graph);
        return graph;
    }

    private static ComputationGraph graph(UnaryOperator<NeuralNetConfiguration.Builder> option) {
        return graph(option, 7);
    }

    private static ComputationGraph graph(UnaryOperator<NeuralNetConfiguration.Builder> option, int width) {
        ComputationGraph graph = new ComputationGraph(option.apply(global())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(1050))
                .addLayer("wide", new DenseLayer.Builder().nOut(width).build(), "in")
                .addLayer("norm", new BatchNormalization(), "wide")
                .addLayer("out", output(), "norm")
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    private static MultiLayerNetwork layers() {
        MultiLayerNetwork network = new MultiLayerNetwork(global().list()
                .layer(new DenseLayer.Builder().nOut(10).build())
                .layer(new BatchNormalization())
                .layer(output())
                .setInputType(InputType.feedForward(1050))
                .build());
        network.init();
        return network;
    }

    private static NeuralNetConfiguration.Builder global() {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(new Nesterovs(0.1, 0.9));
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build();
    }

    private static DataSet batch() {
        Nd4j.getRandom().setSeed(7);
        return new DataSet(Nd4j.randn(DataType.DOUBLE, 3, 1050), Nd4j.create(new double[][] {{1, 0}, {0, 1}, {1, 0}}));
    }
}
