package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondConvBlock;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.StridedChannels;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** Layers that mix experts, and their routers. */
class CondConvExportTest {
    private static final String SEEDS = "io.github.dl4jcondconv.export.RandomLayers#seeds";

    private static <B extends CondConvBlock.Builder<B>> B experts(RandomLayers draw, B builder) {
        return draw.window(builder)
                .numExperts(draw.upTo(5))
                .hasBias(draw.flag())
                .staticBias(draw.flag())
                .routing(draw.routing());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void condConvAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        CondConv2D layer =
                experts(draw, new CondConv2D.Builder(3)).nOut(draw.upTo(5)).build();
        draw.assertExports(layer);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void depthwiseCondConvAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        DepthwiseCondConv2D layer = experts(draw, new DepthwiseCondConv2D.Builder(3))
                .depthMultiplier(draw.upTo(3))
                .build();
        draw.assertExports(layer);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void condDenseAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        CondDense layer = new CondDense.Builder()
                .nOut(draw.upTo(5))
                .numExperts(draw.upTo(5))
                .hasBias(draw.flag())
                .staticBias(draw.flag())
                .routing(draw.routing())
                .build();
        draw.assertExports(layer);
    }

    /** Two routers, the second of which reads the first, for three layers. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void sharedRoutersAgree(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        int experts = draw.upTo(4);
        var graph = draw.graph()
                .addLayer(
                        "first",
                        new Router.Builder()
                                .numExperts(3)
                                .routing(draw.routing())
                                .build(),
                        "in");
        MultiInputVertex.addLayer(
                graph,
                "router",
                new Router.Builder()
                        .previousExperts(3)
                        .numExperts(experts)
                        .routing(draw.routing())
                        .build(),
                "in",
                "first");
        MultiInputVertex.addLayer(
                graph,
                "depthwise",
                new DepthwiseCondConv2D.Builder(3)
                        .padding(0)
                        .numExperts(experts)
                        .routing(Routing.shared())
                        .activation(Activation.TANH)
                        .build(),
                "in",
                "router");
        MultiInputVertex.addLayer(
                graph,
                "pointwise",
                new CondConv2D.Builder(1)
                        .stride(draw.upTo(2))
                        .nOut(4)
                        .numExperts(experts)
                        .routing(Routing.shared())
                        .activation(Activation.TANH)
                        .build(),
                "depthwise",
                "router");
        MultiInputVertex.addLayer(
                graph,
                "dense",
                new CondDense.Builder()
                        .nOut(3)
                        .numExperts(experts)
                        .routing(Routing.shared())
                        .build(),
                "pointwise",
                "router");
        assertExports(Graphs.init(graph.setOutputs("dense", "router")), draw.options(), draw.shape());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void routersOfVectorsAgree(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        Router router =
                new Router.Builder().numExperts(4).routing(draw.routing()).build();
        var graph =
                draw.graph().addLayer("means", new GlobalPoolingLayer(), "in").addLayer("router", router, "means");
        assertExports(Graphs.init(graph.setOutputs("router")), draw.shape());
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"RELU", "SWISH"})
    void squeezeExcitationAgrees(Activation hidden) throws Exception {
        RandomLayers draw = new RandomLayers(3);
        SqueezeExcitation layer = new SqueezeExcitation.Builder()
                .reductionRatio(1)
                .hiddenActivation(hidden)
                .build();
        draw.assertExports(layer);
    }

    /** The sizes behind a product of matrices are not known to a runtime before it runs. */
    @Test
    void aLoopBehindAProductOfMatricesAgrees() throws Exception {
        assertExports(
                Graphs.of(
                        new CondConv2D.Builder(1)
                                .nIn(3)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        new CondConv2D.Builder(3)
                                .nIn(4)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build()),
                3,
                7,
                8);
    }

    @Test
    void aRouterOfTheNetworksInputIsToldThatItIsAVector() throws Exception {
        var graph = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("router", new Router.Builder().nIn(5).numExperts(2).build(), "in");
        assertExports(
                Graphs.init(graph.setOutputs("router")),
                OnnxOptions.DEFAULT.withInputType("in", InputType.feedForward(5)),
                5);
    }

    @Test
    void aRouterInAGraphWithoutInputTypesAgrees() throws Exception {
        var graph = new NeuralNetConfiguration.Builder()
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .addLayer("router", new Router.Builder().nIn(3).numExperts(2).build(), "in");
        MultiInputVertex.addLayer(
                graph,
                "conv",
                new CondConv2D.Builder(3)
                        .nIn(3)
                        .nOut(4)
                        .numExperts(2)
                        .routing(Routing.shared())
                        .build(),
                "in",
                "router");
        assertExports(Graphs.init(graph.setOutputs("conv")), 3, 7, 8);
    }

    /** ND4J cannot cut the last expert out of parameters that begin where others end. */
    @Test
    void expertsBehindOtherParametersAgree() throws Exception {
        ComputationGraph graph = Graphs.of(
                new ConvolutionLayer.Builder(3, 3).nIn(3).nOut(4).build(),
                new CondConv2D.Builder(3)
                        .nIn(4)
                        .nOut(2)
                        .numExperts(3)
                        .activation(Activation.TANH)
                        .build());
        assertExports(graph, OnnxOptions.DEFAULT.withMixing(Mixing.OUTPUTS), 3, 7, 8);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void stridedChannelsAgree(CNN2DFormat format) throws Exception {
        var graph = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(5, 4, 6, format))
                .addLayer("odd", new StridedChannels.Builder().offset(1).build(), "in")
                .setOutputs("odd");
        assertExports(Graphs.init(graph), format == CNN2DFormat.NCHW ? new long[] {6, 5, 4} : new long[] {5, 4, 6});
    }
}
