package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;
import static io.github.dl4jcondconv.zoo.BlockKind.SAMPLED;
import static io.github.dl4jcondconv.zoo.BlockKind.WEIGHTNET;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.export.Agreement;
import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.layers.Sampling;
import java.io.File;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Each network once: it trains, is saved and read, fused and exported, at a reduced size. */
class ZooNetworkTest {
    private static final int SIDE = 33;
    private static final int CLASSES = 3;
    private static final int BATCH = 2;

    /** Of the largest output: a hundred layers leave about 1e-5 in single precision, a wrong fold far more. */
    private static final double ROUNDING = 1e-4;

    /** A probability that would hide differences of what the softmax reads. */
    private static final double SATURATED = 0.9999;

    @TempDir
    Path directory;

    static Stream<Named<ZooNetwork>> networks() {
        return Stream.of(
                small(MobileNetV1.builder().width(0.25).block(CONDCONV).experts(2)),
                small(MobileNetV2.builder().width(0.1).block(CONDCONV).experts(2)),
                small(MnasNetA1.builder().block(CONDCONV).experts(2)),
                small(EfficientNet.builder().width(0.25).block(CONDCONV).experts(2)),
                small(CifarResNet.builder(8).block(CONDCONV).experts(2)),
                small(ResNet.builder(18).block(CONDCONV).experts(2)),
                small(ResNet.builder(50).block(WEIGHTNET)),
                small(ShuffleNetV2.builder().width(0.5).block(PLAIN)),
                small(ShuffleNetV2.builder().width(0.5).block(WEIGHTNET)),
                small(ResNet.builder(18).block(ACNET)),
                small(ResNet.builder(34).block(SAMPLED).sampling(withoutNoise())),
                small(ResNet.builder(50).block(SAMPLED).sampling(withoutNoise())),
                small(CifarResNet.builder(8).block(ACNET)),
                small(CifarQuick.builder().block(ACNET)),
                small(CifarVgg16.builder().block(ACNET)),
                small(WideResNet.builder(10, 1).block(ACNET)),
                small(DenseNet.cifarBuilder(10, 4).block(ACNET)),
                small(DenseNet.builder().block(ACNET)),
                large(AlexNet.builder().block(ACNET)));
    }

    /** Noise of the image's size cannot be exported. */
    private static Sampling withoutNoise() {
        return Sampling.builder().inference(Sampling.Inference.DETERMINISTIC).build();
    }

    private static Named<ZooNetwork> small(ZooNetwork.Builder<?> builder) {
        return ofSide(SIDE, builder);
    }

    private static Named<ZooNetwork> large(ZooNetwork.Builder<?> builder) {
        return ofSide(2 * SIDE, builder);
    }

    private static Named<ZooNetwork> ofSide(int side, ZooNetwork.Builder<?> builder) {
        ZooNetwork network = builder.inputShape(3, side, side)
                .numClasses(CLASSES)
                .updater(new Sgd(1e-6))
                .build();
        return Named.of(network.modelName() + " " + network.block(), network);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void trainsIsSavedFusedAndExported(ZooNetwork network) throws Exception {
        ComputationGraph graph = TrainedNets.afterOneStep(network, BATCH);
        assertThat(graph.score()).isFinite();
        INDArray images = TrainedNets.images(network, BATCH);
        dampClassifier(graph, images);
        INDArray output = graph.outputSingle(images);
        assertThat(reloaded(graph).outputSingle(images)).isCloseTo(output, 0);

        ComputationGraph fused = GraphFuser.fuse(graph).graph();
        assertThat(fused.outputSingle(images)).isCloseTo(output, ROUNDING);
        assertThat(fused.numParams()).isLessThan(graph.numParams());
        assertThat(Agreement.differenceOn(graph, images)).isLessThan(Agreement.TOLERANCE);
    }

    /** Makes the softmax show differences of what it reads where those values are large. */
    private static void dampClassifier(ComputationGraph graph, INDArray images) {
        while (graph.outputSingle(images).maxNumber().doubleValue() > SATURATED) {
            graph.getOutputLayer(0).params().muli(0.25);
        }
    }

    private ComputationGraph reloaded(ComputationGraph graph) throws Exception {
        File file = directory.resolve("network.zip").toFile();
        graph.save(file, false);
        return ComputationGraph.load(file, false);
    }

    @Test
    void channelsMayComeLast() {
        CifarResNet.Builder network =
                CifarResNet.builder(8).block(CONDCONV).experts(2).inputShape(3, 16, 12);
        ComputationGraph first = network.build().init();
        ComputationGraph last = network.dataFormat(CNN2DFormat.NHWC).build().init();
        last.setParams(first.params());
        INDArray images = Nd4j.rand(DataType.FLOAT, BATCH, 3, 16, 12);
        assertThat(last.outputSingle(images.permute(0, 2, 3, 1).dup('c')))
                .isCloseTo(first.outputSingle(images), ROUNDING);
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        ComputationGraph one = CifarResNet.builder(8).seed(7).build().init();
        ComputationGraph other = CifarResNet.builder(8).seed(7).build().init();
        assertThat(one.params()).isCloseTo(other.params(), 0);
    }
}
