package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;
import static io.github.dl4jcondconv.zoo.BlockKind.SAMPLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.layers.SampledResidualBlock.MaskUse;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.SamplingMask;
import io.github.dl4jcondconv.profile.Counting;
import io.github.dl4jcondconv.profile.GraphProfile;
import io.github.dl4jcondconv.testing.NdArrayAssert;
import java.nio.file.Path;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The sampled ResNets and their heads. */
class SampledNetworksTest {
    /** The published figures have two decimals, some of them one. */
    private static final double SECOND_DECIMAL = 0.0051;

    private static final double FIRST_DECIMAL = 0.051;

    @TempDir
    private Path directory;

    /** An image's sides are rounded down to multiples of 32, as in the official count. */
    @ParameterizedTest
    @CsvSource({"500, 833, 70.03", "600, 1000, 100.20", "800, 1333, 184.06", "1000, 1667, 289.47"})
    void theDenseBackboneCostsWhatTheOfficialCodeCounts(int height, int width, double billions) {
        int[] size = {height / 32 * 32, width / 32 * 32};
        assertThat(backbone(PLAIN, 1, size) + offsets(size)).isCloseTo(billions, within(SECOND_DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({"1, 294.51", "0, 20.75"})
    void theSampledBackboneCostsWhatTheOfficialCodeCounts(double density, double billions) {
        int[] size = {992, 1664};
        assertThat(backbone(SAMPLED, density, size) + density * offsets(size))
                .isCloseTo(billions, within(SECOND_DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 162.3", "0.3, 106.8", "0.2, 78.5", "0.1, 49.8"})
    void aUniformDensityCostsWhatTheOfficialCodeCounts(double density, double billions) {
        int[] size = {992, 1664};
        assertThat(backbone(SAMPLED, density, size) + density * offsets(size))
                .isCloseTo(billions, within(FIRST_DECIMAL));
    }

    /** All but the classifier, in billions. */
    private static double backbone(BlockKind block, double density, int... size) {
        ZooNetwork network =
                ResNet.builder(101).block(block).inputShape(3, size[0], size[1]).build();
        Counting counting = Counting.STANDARD.withDensity(density);
        return GraphProfile.of(network.conf(), counting, network.inputType()).layers().stream()
                        .filter(l -> !l.name().equals("fc"))
                        .mapToLong(l -> l.multiplyAdds().orElseThrow())
                        .sum()
                / 1e9;
    }

    /** The 3x3 convolutions to the 18 offsets of the deformable convolutions in stages 2 to 4, which DL4J lacks. */
    private static double offsets(int... size) {
        int[] blocks = {4, 23, 3};
        double sum = 0;
        for (int stage = 0; stage < blocks.length; stage++) {
            int reduction = 8 << stage;
            int channels = 512 << stage;
            double perChannel = 9.0 * 18 * (size[0] / reduction) * (size[1] / reduction);
            sum += perChannel * (channels / 2.0 + (blocks[stage] - 1) * channels);
        }
        return sum / 1e9;
    }

    @ParameterizedTest
    @CsvSource({"34, 16", "50, 16", "101, 33"})
    void eachBlockHasTwoMasks(int depth, int blocks) {
        assertThat(masks(ResNet.builder(depth).block(SAMPLED))).hasSize(2 * blocks);
    }

    @Test
    void theWeightOfSparsityIsSharedByTheBlocks() {
        Sampling sampling = Sampling.builder().sparsityWeight(0.5).build();
        DoubleStream weights = masks(ResNet.builder(34).block(SAMPLED).sampling(sampling))
                .mapToDouble(m -> m.getSampling().getSparsityWeight());
        assertThat(weights.sum()).isCloseTo(0.5, within(1e-9));
    }

    private static Stream<SamplingMask> masks(ResNet.Builder builder) {
        return builder.build().conf().getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(v -> ((LayerVertex) v).getLayerConf().getLayer())
                .filter(SamplingMask.class::isInstance)
                .map(SamplingMask.class::cast);
    }

    @Test
    void samplingIsForSampledBlocks() {
        ResNet.Builder plain = ResNet.builder(34).masks(MaskUse.ONE);
        assertThatThrownBy(plain::build)
                .hasMessage("resnet34: masks is ONE, allowed: only with block sampled, this one is plain");
    }

    static Stream<Arguments> heads() {
        Head detection = Head.detection(new double[] {1, 2}, new double[] {2, 1});
        return Stream.of(
                Arguments.of(
                        Named.of("segmentation", Head.segmentation()), CNN2DFormat.NHWC, new long[] {2, 3, 64, 32}),
                Arguments.of(Named.of("detection", detection), CNN2DFormat.NCHW, new long[] {2, 16, 2, 1}));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void aHeadTrainsAndIsSavedAndFused(Head head, CNN2DFormat format, long... shape) throws Exception {
        ComputationGraph graph = ResNet.builder(34)
                .block(SAMPLED)
                .sampling(Sampling.builder().gate(Sampling.Gate.DETERMINISTIC).build())
                .head(head)
                .dataFormat(format)
                .numClasses(3)
                .inputShape(3, 64, 32)
                .updater(new Sgd(1e-6))
                .build()
                .init();
        INDArray images = inFormat(format, Nd4j.rand(DataType.FLOAT, 2, 3, 64, 32));
        graph.fit(new DataSet(images, labels(format, shape)));
        INDArray output = graph.outputSingle(images);
        assertThat(inNchw(format, output).shape()).isEqualTo(shape);

        graph.save(directory.resolve("network.zip").toFile(), false);
        ComputationGraph loaded =
                ComputationGraph.load(directory.resolve("network.zip").toFile(), false);
        NdArrayAssert.assertThat(loaded.outputSingle(images)).isEqualTo(output);
        NdArrayAssert.assertThat(GraphFuser.fuse(graph).graph().outputSingle(images))
                .isCloseTo(output, 1e-4);
    }

    /** One class for each pixel; or one box in the first cell of each image, of corners (0.2, 0.3) and (0.9, 0.8). */
    private static INDArray labels(CNN2DFormat format, long... output) {
        boolean pixels = output[2] == 64;
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 2, pixels ? 3 : 4 + 3, output[2], output[3]);
        if (pixels) {
            labels.tensorAlongDimension(0, 0, 2, 3).assign(1);
            return inFormat(format, labels);
        }
        double[] box = {0.2, 0.3, 0.9, 0.8, 1};
        for (int i = 0; i < box.length; i++) {
            labels.putScalar(new int[] {0, i, 0, 0}, box[i]).putScalar(new int[] {1, i, 0, 0}, box[i]);
        }
        return inFormat(format, labels);
    }

    private static INDArray inFormat(CNN2DFormat format, INDArray nchw) {
        return format == CNN2DFormat.NCHW ? nchw : nchw.permute(0, 2, 3, 1).dup('c');
    }

    private static INDArray inNchw(CNN2DFormat format, INDArray array) {
        return format == CNN2DFormat.NCHW ? array : array.permute(0, 3, 1, 2);
    }

    @Test
    void aHeadNeedsWholeStrides() {
        ResNet network = ResNet.builder(34)
                .head(Head.segmentation())
                .inputShape(3, 64, 40)
                .build();
        assertThatThrownBy(network::conf)
                .hasMessage("resnet34: input is 64x40, allowed: height and width that 32 divides, with such a head");
    }

    @Test
    void detectionNeedsAnchors() {
        assertThatThrownBy(Head::detection).hasMessageContaining("allowed: one or more pairs of height and width");
    }
}
