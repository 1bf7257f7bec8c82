package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.SampledResidualBlock.Kind;
import io.github.dl4jcondconv.layers.SampledResidualBlock.MaskUse;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

@ExtendWith(DoublePrecision.class)
class SampledResidualBlockTest {
    // Three convolutions of up to 36 products of doubles near 1
    private static final double ROUNDING = 1e-13;
    private static final InputType IMAGE = InputType.convolutional(9, 7, 4);

    private final INDArray images = Nd4j.randn(DataType.DOUBLE, 2, 4, 9, 7);

    static Stream<Arguments> kindsAndForms() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Arrays.stream(MaskUse.values()).map(masks -> Arguments.of(kind, masks)));
    }

    private static SampledResidualBlock block(Kind kind, MaskUse masks) {
        return (kind == Kind.BASIC ? SampledResidualBlock.basic(3) : SampledResidualBlock.bottleneck(3))
                .withMasks(masks)
                .withStride(2)
                .withProjection(true);
    }

    private static GraphBuilder graph() {
        return SmallNets.global(DataType.DOUBLE, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(IMAGE);
    }

    private static ComputationGraph built(GraphBuilder builder, String output) {
        return SmallNets.built(
                builder.setOutputs(output).validateOutputLayerConfig(false).allowDisconnected(true));
    }

    private static ComputationGraph net(SampledResidualBlock block) {
        GraphBuilder builder = graph();
        return built(builder, block.addTo(builder, "block", "in"));
    }

    private static List<String> vertices(ComputationGraph net, String part) {
        return net.getConfiguration().getTopologicalOrderStr().stream()
                .filter(name -> name.contains(part))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "BASIC, ONE, 1",
        "BASIC, FIRST_AND_REST, 2",
        "BASIC, EACH, 2",
        "BOTTLENECK, ONE, 1",
        "BOTTLENECK, FIRST_AND_REST, 2",
        "BOTTLENECK, EACH, 3"
    })
    void formsDifferInTheNumberOfMasks(Kind kind, MaskUse masks, int expected) {
        assertThat(vertices(net(block(kind, masks)), "-mask")).hasSize(expected);
    }

    @ParameterizedTest
    @MethodSource("kindsAndForms")
    void masksOfOnesMakeThePlainResidualBlock(Kind kind, MaskUse masks) {
        ComputationGraph sampled = net(block(kind, masks));
        vertices(sampled, "-mask").forEach(mask -> sampled.getParam(mask + "_b").assign(50));
        ComputationGraph plain = plain(kind, masks == MaskUse.ONE);
        plain.paramTable().forEach((name, p) -> p.assign(sampled.getParam(name)));
        assertThat(SmallNets.relativeDifference(sampled.outputSingle(images), plain.outputSingle(images)))
                .isLessThan(ROUNDING);
    }

    /** The block as DL4J's own layers make it, with the same names. */
    private static ComputationGraph plain(Kind kind, boolean firstHasTheStride) {
        GraphBuilder b = graph();
        if (kind == Kind.BASIC) {
            convolution(b, 1, "in", 3, 3, 2);
            convolution(b, 2, "block-relu1", 3, 3, 1);
        } else {
            convolution(b, 1, "in", 1, 3, firstHasTheStride ? 2 : 1);
            convolution(b, 2, "block-relu1", 3, 3, firstHasTheStride ? 1 : 2);
            convolution(b, 3, "block-relu2", 1, 12, 1);
        }
        b.addLayer("block-projection", plain(1, kind == Kind.BASIC ? 3 : 12, 2), "in");
        b.addLayer("block-projection-bn", new BatchNormalization(), "block-projection");
        String last = kind == Kind.BASIC ? "block-bn2" : "block-bn3";
        b.addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), last, "block-projection-bn");
        b.addLayer("block", new ActivationLayer(Activation.RELU), "add");
        return built(b, "block");
    }

    private static void convolution(GraphBuilder b, int number, String input, int kernel, int nOut, int stride) {
        b.addLayer("block-conv" + number, plain(kernel, nOut, stride), input);
        b.addLayer("block-bn" + number, new BatchNormalization(), "block-conv" + number);
        b.addLayer("block-relu" + number, new ActivationLayer(Activation.RELU), "block-bn" + number);
    }

    private static ConvolutionLayer plain(int kernel, int nOut, int stride) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(nOut)
                .stride(stride, stride)
                .padding(kernel / 2, kernel / 2)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    /** The official block interpolates before its last convolution. */
    @Test
    void theBottleneckTrainsAsTheOfficialOne() {
        ComputationGraph ours = net(block(Kind.BOTTLENECK, MaskUse.FIRST_AND_REST));
        ComputationGraph official = official();
        official.paramTable().forEach((name, p) -> p.assign(ours.getParam(name.replace("fill2", "fill3"))));
        assertThat(SmallNets.relativeDifference(trainingOutput(official), trainingOutput(ours)))
                .isLessThan(ROUNDING);
    }

    private INDArray trainingOutput(ComputationGraph net) {
        Nd4j.getRandom().setSeed(4);
        return net.feedForward(images, true).get("block-bn3");
    }

    private static ComputationGraph official() {
        GraphBuilder b = graph();
        b.addLayer("block-mask1", new SamplingMask.Builder().build(), "in");
        b.addLayer("block-mask2", new SamplingMask.Builder().stride(2).build(), "in");
        convolution(b, 1, "in", 1, 3, 1);
        MultiInputVertex.addLayer(b, "block-fill1", new Interpolation.Builder().build(), "block-relu1", "block-mask1");
        convolution(b, 2, "block-fill1", 3, 3, 2);
        MultiInputVertex.addLayer(b, "block-fill2", new Interpolation.Builder().build(), "block-relu2", "block-mask2");
        convolution(b, 3, "block-fill2", 1, 12, 1);
        return built(b, "block-relu3");
    }

    @ParameterizedTest
    @MethodSource("kindsAndForms")
    void sparsityWeightsOfTheMasksAddUpToTheBlocks(Kind kind, MaskUse masks) {
        ComputationGraph net = net(block(kind, masks)
                .withSampling(Sampling.builder().sparsityWeight(0.2).build()));
        double sum = vertices(net, "-mask").stream()
                .mapToDouble(mask -> ((SamplingMask) net.getLayer(mask).conf().getLayer())
                        .getSampling()
                        .getSparsityWeight())
                .sum();
        assertThat(sum).isEqualTo(0.2, within(1e-15));
    }

    @Test
    void theOfficialBlocksMasksWeighOneAndThreeQuarters() {
        ComputationGraph net = net(block(Kind.BOTTLENECK, MaskUse.FIRST_AND_REST)
                .withSampling(Sampling.builder().sparsityWeight(1).build()));
        assertThat(vertices(net, "-mask").stream()
                        .map(mask -> ((SamplingMask) net.getLayer(mask).conf().getLayer())
                                .getSampling()
                                .getSparsityWeight()))
                .containsExactly(0.25, 0.75);
    }

    @Test
    void noTwoMasksOfANetworkHaveTheSameNoise() {
        GraphBuilder builder = graph();
        String first = block(Kind.BOTTLENECK, MaskUse.EACH).addTo(builder, "block1", "in");
        ComputationGraph net =
                built(builder, block(Kind.BOTTLENECK, MaskUse.EACH).addTo(builder, "block2", first));
        assertThat(vertices(net, "-mask").stream()
                        .map(mask -> ((SamplingMask) net.getLayer(mask).conf().getLayer())
                                .getSampling()
                                .getSeed()))
                .doesNotHaveDuplicates();
    }

    @Test
    void anIdentityShortcutNeedsNoProjection() {
        GraphBuilder builder = graph();
        ComputationGraph net = built(builder, SampledResidualBlock.basic(4).addTo(builder, "block", "in"));
        assertThat(net.outputSingle(images).shape()).containsExactly(2, 4, 9, 7);
    }
}
