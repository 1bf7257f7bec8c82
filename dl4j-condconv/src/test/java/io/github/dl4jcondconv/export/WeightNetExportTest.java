package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.WeightNetBlock;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

class WeightNetExportTest {
    private static final String SEEDS = "io.github.dl4jcondconv.export.RandomLayers#seeds";

    private static <B extends WeightNetBlock.Builder<B>> B gates(RandomLayers draw, B builder) {
        int g = draw.upTo(2);
        return builder.g(g).m(g * draw.upTo(3)).staticBias(draw.flag());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void weightNetAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        // 2 columns, so that g = 2 divides a filter of any number of channels, but not always the channels
        WeightNetConv2D layer = gates(draw, draw.window(new WeightNetConv2D.Builder(3)))
                .kernelSize(draw.upTo(3), 2)
                .nOut(draw.upTo(5))
                .build();
        draw.assertExports(layer);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void depthwiseWeightNetAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        DepthwiseWeightNetConv2D layer = gates(draw, draw.window(new DepthwiseWeightNetConv2D.Builder(3)))
                .build();
        draw.assertExports(layer);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void aSharedContextAgrees(long seed) throws Exception {
        RandomLayers draw = new RandomLayers(seed);
        var graph = draw.graph()
                .addLayer("context", new KernelContext.Builder().contextSize(6).build(), "in");
        MultiInputVertex.addLayer(
                graph,
                "depthwise",
                gates(draw, new DepthwiseWeightNetConv2D.Builder(3))
                        .contextSize(6)
                        .sharedContext(true)
                        .activation(Activation.TANH)
                        .build(),
                "in",
                "context");
        MultiInputVertex.addLayer(
                graph,
                "pointwise",
                new WeightNetConv2D.Builder(1)
                        .g(1)
                        .m(draw.upTo(2))
                        .nOut(4)
                        .contextSize(6)
                        .sharedContext(true)
                        .build(),
                "depthwise",
                "context");
        assertExports(Graphs.init(graph.setOutputs("pointwise", "context")), draw.options(), draw.shape());
    }
}
