package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.fusion.GraphFuser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Convolutions that compute sampled positions only, against those that compute all. */
final class SparseSuite {
    private static final List<long[]> SHAPES =
            List.of(new long[] {8, 64, 56, 56}, new long[] {8, 128, 28, 28}, new long[] {1, 256, 100, 152}, new long[] {
                8, 256, 14, 14
            });
    private static final double[] DENSITIES = {0.1, 0.25, 0.5, 1};
    private static final double DENSE_FROM = 0.3;
    private static final int RESNET_BATCH = 8;
    private static final int RESNET_SIZE = 128;
    private static final int RESNET_INTERVAL = 2;

    private final Rivals rivals;

    SparseSuite(Rivals rivals) {
        this.rivals = rivals;
    }

    List<Comparison> comparisons() {
        List<Comparison> comparisons = new ArrayList<>();
        for (long[] shape : SHAPES) {
            comparisons.add(denseLayer(shape));
        }
        for (int sigma : new int[] {3, 1}) {
            for (double density : DENSITIES) {
                for (long[] shape : SHAPES) {
                    comparisons.add(sampled("", density, sigma, shape, UnaryOperator.identity()));
                }
            }
        }
        for (long[] shape : SHAPES) {
            comparisons.add(sampled(
                    " denseFrom=" + DENSE_FROM, 0.5, 3, shape, mask -> SampledNetworks.denseFrom(DENSE_FROM, mask)));
        }
        comparisons.add(resNet34());
        return comparisons;
    }

    /** What the other rows of the suite are compared to, with Winograd's algorithm and without. */
    private Comparison denseLayer(long[] s) {
        Shared<INDArray> images = new Shared<>(() -> Networks.images(s));
        Shared<ComputationGraph> fused =
                new Shared<>(() -> GraphFuser.fuse(dense(s)).graph());
        return Comparison.of(
                        "sparse",
                        "dense layer " + name(s),
                        Suites.ROUNDING,
                        () -> new Prediction(rivals.deployed(Networks.copyOf(fused.get())), images.get()))
                .against(
                        "direct convolution",
                        () -> new DirectConvolution(
                                images.get(),
                                fused.get().getLayer(0).getParam("W"),
                                fused.get().getLayer(0).getParam("b")));
    }

    private static ComputationGraph dense(long[] s) {
        return SampledNetworks.denseLayer((int) s[1], (int) s[2], (int) s[3]);
    }

    private static String name(long[] s) {
        return "(%d,%d,%d,%d)".formatted(s[0], s[1], s[2], s[3]);
    }

    private Comparison sampled(String option, double density, int sigma, long[] s, UnaryOperator<INDArray> masks) {
        String name = "sampled d=%s s=%d%s %s".formatted(density, sigma, option, name(s));
        return Comparison.of("sparse", name, Suites.ROUNDING, () -> {
                    INDArray mask = Nd4j.rand(DataType.FLOAT, s[0], 1, s[2], s[3])
                            .lt(density)
                            .castTo(DataType.FLOAT);
                    ComputationGraph net = SampledNetworks.sampledLayer((int) s[1], (int) s[2], (int) s[3], sigma);
                    return new Prediction(deployed(net), Networks.images(s), masks.apply(mask));
                })
                .against("dense layer", () -> {
                    INDArray images = Networks.images(s);
                    return new OtherWork(new Prediction(deployed(dense(s)), images)::run);
                });
    }

    private Comparison resNet34() {
        INDArray images = Networks.images(RESNET_BATCH, 3, RESNET_SIZE, RESNET_SIZE);
        return Comparison.of(
                        "sparse",
                        "sampled resnet34 grid=%d b=%d".formatted(RESNET_INTERVAL, RESNET_BATCH),
                        Suites.ROUNDING,
                        () -> new Prediction(
                                deployed(SampledNetworks.sampledResNet34(RESNET_SIZE, RESNET_INTERVAL)), images))
                .against(
                        "resnet34",
                        () -> new OtherWork(
                                new Prediction(deployed(SampledNetworks.denseResNet34(RESNET_SIZE)), images)::run));
    }

    private ComputationGraph deployed(ComputationGraph net) {
        return rivals.deployed(GraphFuser.fuse(net).graph());
    }
}
