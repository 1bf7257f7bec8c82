package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.profile.ParameterCount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class GraphFuserTest {
    private final ComputationGraph classifier = classifier(DataType.DOUBLE, convolution(3, 4));
    private final ComputationGraph acnet = classifier(
            DataType.DOUBLE, new AsymmetricConvBlock.Builder(3).nOut(4).build());

    @Test
    void fusesAClassifierToOneConvolutionALayer() {
        assertFusesTo(classifier, batch(classifier), "relu1", "relu2", "pool", "out");
    }

    @Test
    void leavesTheGivenParametersAlone() {
        INDArray before = classifier.params().dup();
        GraphFuser.fuse(classifier).graph().params().addi(1);
        assertThat(classifier.params()).isEqualTo(before);
    }

    @Test
    void leavesTheGivenConfigurationAlone() {
        String before = acnet.getConfiguration().toJson();
        GraphFuser.fuse(acnet).graph().setLearningRate(0.5);
        assertThat(acnet.getConfiguration().toJson()).isEqualTo(before);
    }

    @Test
    void drawsNoRandomNumbersAndDoesNotSeedTheGenerator() {
        Nd4j.getRandom().setSeed(7);
        double expected = Nd4j.getRandom().nextDouble();
        Nd4j.getRandom().setSeed(7);
        GraphFuser.fuse(classifier);
        assertThat(Nd4j.getRandom().nextDouble()).isEqualTo(expected);
    }

    @Test
    void theFusedAcnetHoldsNoClassOfThisLibrary() {
        assertThat(GraphFuser.fuse(acnet).graph().getConfiguration().toJson()).doesNotContain("io.github");
    }

    @Test
    void theFusedAcnetHasExactlyThePlainNetworksParameters() {
        assertThat(GraphFuser.fuse(acnet).graph().numParams())
                .isEqualTo(GraphFuser.fuse(classifier).graph().numParams());
    }

    @Test
    void theFusedNetworkHasNoRunningStatistics() {
        assertThat(ParameterCount.of(GraphFuser.fuse(acnet).graph()).state()).isZero();
    }

    @Test
    void fusingAgainChangesNothing() {
        ComputationGraph once = GraphFuser.fuse(acnet).graph();
        FusionResult twice = GraphFuser.fuse(once);
        assertThat(twice.report().actions()).isEmpty();
        assertThat(twice.graph().getConfiguration()).isEqualTo(once.getConfiguration());
        assertThat(twice.graph().params()).isEqualTo(once.params());
    }

    @Test
    void aSavedAndLoadedResultAnswersTheSame(@TempDir Path dir) throws IOException {
        ComputationGraph fused = GraphFuser.fuse(acnet).graph();
        ModelSerializer.writeModel(fused, dir.resolve("fused.zip").toFile(), true);
        ComputationGraph loaded = ComputationGraph.load(dir.resolve("fused.zip").toFile(), true);
        INDArray images = batch(acnet);
        assertThat(loaded.outputSingle(images)).isEqualTo(fused.outputSingle(images));
    }

    @Test
    void theResultGoesOnTraining() {
        acnet.fit(examples());
        ComputationGraph fused = GraphFuser.fuse(acnet).graph();
        double before = fused.score(examples());
        for (int i = 0; i < 20; i++) {
            fused.fit(examples());
        }
        assertThat(fused.score(examples())).isLessThan(before);
    }

    @Test
    void keepsTheCountOfIterations() {
        acnet.fit(examples());
        acnet.fit(examples());
        assertThat(GraphFuser.fuse(acnet).graph().getIterationCount()).isEqualTo(2);
    }

    @Test
    void keepsTheCountOfEpochs() {
        acnet.incrementEpochCount();
        assertThat(GraphFuser.fuse(acnet).graph().getEpochCount()).isEqualTo(1);
    }

    @Test
    void keepsWorkspaceModes() {
        acnet.getConfiguration().setInferenceWorkspaceMode(WorkspaceMode.NONE);
        assertThat(GraphFuser.fuse(acnet).graph().getConfiguration().getInferenceWorkspaceMode())
                .isEqualTo(WorkspaceMode.NONE);
    }

    @Test
    void fusesInsideSomebodyElsesWorkspace() {
        ComputationGraph fused;
        try (var workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("test")) {
            assertThat(workspace.isScopeActive()).isTrue();
            fused = GraphFuser.fuse(acnet).graph();
        }
        assertThat(fused.params().isAttached()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "FLOAT", "DOUBLE"})
    void keepsTheDataType(DataType type) {
        ComputationGraph graph = classifier(type, convolution(3, 4));
        assertThat(GraphFuser.fuse(graph).graph().params().dataType()).isEqualTo(type);
    }

    @Test
    void foldsInDoubleWhateverTheNetworksType() {
        ComputationGraph half = classifier(DataType.FLOAT16, convolution(3, 4));
        ComputationGraph exact =
                GraphFuser.fuse(half.convertDataType(DataType.DOUBLE)).graph();
        assertThat(GraphFuser.fuse(half).graph().params())
                .isEqualTo(exact.params().castTo(DataType.FLOAT16));
    }

    @Test
    void survivorsComputeWhatTheyComputed() {
        ComputationGraph fused = GraphFuser.fuse(acnet).graph();
        INDArray images = batch(acnet);
        INDArray expected = acnet.feedForward(images, false).get("relu1");
        assertThat(fused.feedForward(images, false).get("relu1").distance2(expected))
                .isLessThan(1e-12 * expected.norm2Number().doubleValue());
    }

    @Test
    void outputsKeepTheirOrder() {
        ComputationGraph graph = images(b -> b.addLayer("a", convolution(3, 2), "in")
                .addLayer("bnA", batchNorm(), "a")
                .addLayer("b", convolution(3, 3), "in")
                .addLayer("bnB", batchNorm(), "b")
                .setOutputs("bnB", "bnA"));
        assertThat(GraphFuser.fuse(graph).graph().getConfiguration().getNetworkOutputs())
                .containsExactly("bnB", "bnA");
    }

    @Test
    void layersThatShareOneObjectAreFusedEachWithItsOwnParameters() {
        BatchNormalization shared = batchNorm();
        ConvolutionLayer sharedToo = convolution(3, 4);
        ComputationGraph graph = images(b -> b.addLayer("a", sharedToo, "in")
                .addLayer("bnA", shared, "a")
                .addLayer("b", sharedToo, "in")
                .addLayer("bnB", shared, "b")
                .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "bnA", "bnB")
                .setOutputs("product"));
        assertFusesTo(graph, batch(graph), "bnA", "bnB", "product");
    }

    @Test
    void fusesAMultiLayerNetworkAsAGraph() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .list(convolution(3, 4), batchNorm(), new ActivationLayer(Activation.RELU))
                .setInputType(InputType.convolutional(Networks.SIZE, Networks.SIZE, Networks.CHANNELS))
                .build());
        network.init();
        ComputationGraph graph = network.toComputationGraph();
        Networks.randomise(graph);
        FusionResult fused = GraphFuser.fuse(graph);
        assertThat(fused.graph().getLayers()).hasSize(1);
        assertThat(fused.verify(batch(graph)).maxRelative()).isLessThan(1e-12);
    }

    @Test
    void refusesANetworkThatIsNotInitialised() {
        ComputationGraph graph = new ComputationGraph(
                ComputationGraphConfiguration.fromJson(acnet.getConfiguration().toJson()));
        assertThatThrownBy(() -> GraphFuser.fuse(graph))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("init()");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void refusesParametersThatAreNotFinite(double value) {
        classifier.getParam("bn1_mean").putScalar(2, value);
        assertThatThrownBy(() -> GraphFuser.fuse(classifier))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot fuse vertex \"bn1\": its parameter \"mean\" holds values that are NaN or infinite");
    }

    static Stream<Named<Layer>> recurrentLayers() {
        LSTM lstm = new LSTM.Builder().nOut(3).build();
        return Stream.of(
                Named.of("LSTM", lstm),
                Named.of("LastTimeStep", new LastTimeStep(lstm)),
                Named.of("Bidirectional", new Bidirectional(lstm)),
                Named.of("FrozenLayer", new FrozenLayer(lstm)),
                Named.of("RnnLossLayer", new RnnLossLayer.Builder().build()));
    }

    @ParameterizedTest
    @MethodSource("recurrentLayers")
    void refusesRecurrentLayers(Layer layer) {
        ComputationGraph graph =
                Networks.network(DataType.DOUBLE, InputType.recurrent(4, 5), b -> b.addLayer("sequence", layer, "in")
                        .setOutputs("sequence"));
        assertThatThrownBy(() -> GraphFuser.fuse(graph))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("cannot fuse vertex \"sequence\": \\w+ is recurrent; fusion is for .*");
    }

    @Test
    void refusesANegativeVariance() {
        acnet.getParam("conv1_varhor").putScalar(1, -0.5);
        assertThatThrownBy(() -> GraphFuser.fuse(acnet))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot fuse vertex \"conv1\": variance -0.5 of channel 1 plus eps 1.0E-5 is not positive");
    }

    private static DataSet examples() {
        Nd4j.getRandom().setSeed(3);
        INDArray labels = Nd4j.eye(3).castTo(DataType.DOUBLE);
        return new DataSet(Nd4j.randn(DataType.DOUBLE, 3, Networks.CHANNELS, Networks.SIZE, Networks.SIZE), labels);
    }

    /** Two blocks of convolution, BatchNormalization (none after an ACB) and ReLU, pooling, softmax. */
    private static ComputationGraph classifier(DataType type, Layer block) {
        boolean plain = block instanceof ConvolutionLayer;
        return images(type, b -> {
            b.addLayer("conv1", block.clone(), "in");
            b.addLayer(plain ? "bn1" : "relu1", plain ? batchNorm() : relu(), "conv1");
            if (plain) {
                b.addLayer("relu1", relu(), "bn1");
            }
            b.addLayer("conv2", convolution(1, 5), "relu1")
                    .addLayer("bn2", batchNorm(), "conv2")
                    .addLayer("relu2", relu(), "bn2")
                    .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "relu2")
                    .addLayer(
                            "out",
                            new OutputLayer.Builder()
                                    .activation(Activation.SOFTMAX)
                                    .nOut(3)
                                    .build(),
                            "pool")
                    .setOutputs("out");
        });
    }

    private static ActivationLayer relu() {
        return new ActivationLayer(Activation.RELU);
    }
}
