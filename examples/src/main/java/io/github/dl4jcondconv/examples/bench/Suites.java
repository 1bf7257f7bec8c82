package io.github.dl4jcondconv.examples.bench;

import static io.github.dl4jcondconv.examples.bench.Rival.ONNXRUNTIME;
import static io.github.dl4jcondconv.examples.bench.Rival.PYTORCH;
import static io.github.dl4jcondconv.examples.bench.Rival.STOCK_DL4J;

import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Everything that is compared. */
final class Suites {
    private static final List<Shape> SHAPES = List.of(
            new Shape(16, 64, 56, 3),
            new Shape(32, 128, 28, 3),
            new Shape(32, 256, 14, 3),
            new Shape(32, 512, 7, 3),
            new Shape(32, 256, 14, 1),
            new Shape(32, 512, 7, 1));
    private static final List<Shape> DEPTHWISE_SHAPES = List.of(new Shape(32, 128, 28, 3), new Shape(32, 256, 14, 5));

    /**
     * Sums of some thousand products in FLOAT, in another order. For whole networks this was measured against a run in
     * DOUBLE, as all differences relative to the largest value: three training steps of six blocks are off by up to 1.2e-7
     * (ours), 2.4e-7 (stock DL4J) and 1.2e-7 (libtorch), their answers by 7e-7, 5e-7 and 2e-7; three steps of ResNet50 by
     * 8e-6, 7e-6 and 8e-6, its answers by 1.9e-5, 1.4e-5 and 1.4e-5. So two contenders are at most 3.3e-5 apart; three
     * times that is allowed.
     */
    static final double ROUNDING = 1e-4;

    private static final int SETTLING_BATCH = 16;

    private final Rivals rivals;

    Suites(Rivals rivals) {
        this.rivals = rivals;
    }

    /** A square image, batch first, and a square kernel. */
    private record Shape(int batch, int channels, int size, int kernel) {
        long[] image() {
            return new long[] {batch, channels, size, size};
        }

        InputType type() {
            return InputType.convolutional(size, size, channels);
        }

        @Override
        public String toString() {
            return "(%d,%d,%d,%d)".formatted(batch, channels, size, kernel);
        }
    }

    List<Comparison> all() {
        return Stream.of(layers(), net(), new SparseSuite(rivals).comparisons(), deploy())
                .flatMap(List::stream)
                .toList();
    }

    private List<Comparison> layers() {
        List<Comparison> comparisons = new ArrayList<>();
        for (Shape s : SHAPES) {
            comparisons.add(layer("condconv2d " + s, s, condConv(s), "W").against("plain conv2d + conv2d_bp", () -> {
                PlainConvolution plain =
                        new PlainConvolution(Networks.images(s.image()), Networks.images(s.image()), s.kernel);
                return new OtherWork(plain::forwardAndBackward);
            }));
        }
        for (Shape s : SHAPES) {
            comparisons.add(layer("condconv2d without dnnl " + s, s, condConv(s), "W", WithoutOneDnn::new));
        }
        for (Shape s : SHAPES) {
            Layer layer = new WeightNetConv2D.Builder(s.kernel)
                    .nOut(s.channels)
                    .padding(s.kernel / 2)
                    .build();
            comparisons.add(layer("weightnet2d " + s, s, layer, "fc2W"));
        }
        for (Shape s : DEPTHWISE_SHAPES) {
            Layer layer = new DepthwiseCondConv2D.Builder(s.kernel)
                    .padding(s.kernel / 2)
                    .hasBias(false)
                    .build();
            comparisons.add(layer("depthwise-condconv2d " + s, s, layer, "W"));
        }
        return comparisons;
    }

    private static Layer condConv(Shape s) {
        return new CondConv2D.Builder(s.kernel)
                .nOut(s.channels)
                .padding(s.kernel / 2)
                .hasBias(false)
                .build();
    }

    private Comparison layer(String name, Shape shape, Layer layer, String weights) {
        return layer(name, shape, layer, weights, ours -> ours);
    }

    /** Forward and backward pass, each with its own copy of one network on the same images. */
    private Comparison layer(
            String name, Shape shape, Layer layer, String weights, UnaryOperator<Contender> circumstances) {
        Shared<ComputationGraph> net = new Shared<>(() -> Networks.alone(layer.clone(), shape.type()));
        Shared<INDArray> images = new Shared<>(() -> Networks.images(shape.image()));
        Shared<INDArray> upstream = new Shared<>(() -> Networks.images(shape.image()));
        Comparison comparison = Comparison.of(
                "layers",
                name,
                ROUNDING,
                () -> circumstances.apply(new Gradients(net.get(), images.get(), upstream.get(), weights)));
        rivals.torch()
                .ifPresent(torch -> comparison.against(
                        PYTORCH,
                        () -> TorchContender.gradients(torch, net.get(), images.get(), upstream.get(), weights)));
        return comparison;
    }

    private List<Comparison> net() {
        List<Comparison> comparisons = new ArrayList<>();
        for (Networks.Block block : Networks.Block.values()) {
            comparisons.add(fit(
                    block.label(),
                    () -> Networks.sixBlocks(block, InputType.convolutional(32, 32, 3)),
                    block == Networks.Block.CONV_BN_RELU,
                    64,
                    3,
                    32,
                    32));
        }
        comparisons.add(fit("resnet50", () -> Networks.resNet50(3, 128, 128), true, 16, 3, 128, 128));
        return comparisons;
    }

    private Comparison fit(String name, Supplier<ComputationGraph> network, boolean isStock, long... imageShape) {
        Shared<ComputationGraph> net = new Shared<>(network);
        Shared<INDArray> images = new Shared<>(() -> Networks.images(imageShape));
        INDArray labels = Networks.labels((int) imageShape[0]);
        Comparison comparison = Comparison.of(
                "net",
                "fit " + name,
                ROUNDING,
                () -> new Fitting(rivals.accelerated(Networks.copyOf(net.get())), new DataSet(images.get(), labels)));
        if (isStock) {
            comparison.against(
                    STOCK_DL4J, () -> new Fitting(Networks.copyOf(net.get()), new DataSet(images.get(), labels)));
        }
        rivals.torch()
                .ifPresent(torch -> comparison.against(
                        PYTORCH, () -> TorchContender.fitting(torch, net.get(), images.get(), labels)));
        return comparison;
    }

    private List<Comparison> deploy() {
        return List.of(
                predict(
                        "conv-bn-relu",
                        () -> Networks.sixBlocks(Networks.Block.CONV_BN_RELU, InputType.convolutional(32, 32, 3)),
                        64,
                        3,
                        32,
                        32),
                predict("resnet50 b=1", () -> Networks.resNet50(3, 128, 128), 1, 3, 128, 128),
                predict("resnet50 b=16", () -> Networks.resNet50(3, 128, 128), 16, 3, 128, 128));
    }

    /** Ours is fused, as the exported file is; the rivals that cannot fuse run the network as it was trained. */
    private Comparison predict(String name, Supplier<ComputationGraph> network, long... imageShape) {
        Shared<INDArray> images = new Shared<>(() -> Networks.images(imageShape));
        Shared<ComputationGraph> net = new Shared<>(() -> Networks.settled(network.get(), settling(imageShape)));
        Shared<ComputationGraph> fused =
                new Shared<>(() -> GraphFuser.fuse(net.get()).graph());
        Comparison comparison = Comparison.of(
                        "deploy",
                        "predict " + name,
                        ROUNDING,
                        () -> new Prediction(rivals.deployed(Networks.copyOf(fused.get())), images.get()))
                .against(STOCK_DL4J, () -> new Prediction(Networks.copyOf(net.get()), images.get()))
                .against(ONNXRUNTIME, () -> new OnnxContender(fused.get(), images.get(), rivals.threads()));
        rivals.torch()
                .ifPresent(torch ->
                        comparison.against(PYTORCH, () -> TorchContender.prediction(torch, net.get(), images.get())));
        return comparison;
    }

    /** Images for running statistics: of a single one the last layers' statistics would be of a few numbers. */
    private static INDArray settling(long[] imageShape) {
        return Networks.images(Math.max(imageShape[0], SETTLING_BATCH), imageShape[1], imageShape[2], imageShape[3]);
    }
}
