package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.accel.CpuAcceleration;
import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.Interpolation.Method;
import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.layers.Sampling.Inference;
import io.github.dl4jcondconv.testing.Form;
import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.SampledNets;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * The kernels for sampled convolutions, in two threads and in their sparse and dense form, with and without workspaces,
 * against the definitions.
 */
class SparseInferenceTest {
    // The project's bound for FLOAT; sums of up to 250 products differ by a tenth of it
    private static final double TOLERANCE = 1e-5;

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    /** A layer, its input type and a batch, chosen at random. */
    private record Case(Random random, int kernel, int stride, int dilation, ConvolutionMode mode, CNN2DFormat format) {
        static Case of(long seed) {
            Random random = new Random(seed);
            return new Case(
                    random,
                    1 + random.nextInt(4),
                    1 + random.nextInt(2),
                    1 + random.nextInt(2),
                    random.nextBoolean() ? ConvolutionMode.Same : ConvolutionMode.Truncate,
                    random.nextBoolean() ? CNN2DFormat.NCHW : CNN2DFormat.NHWC);
        }

        <T extends SampledConvBlock.Builder<T>> T configured(T builder) {
            return builder.nOut(1 + random.nextInt(5))
                    .stride(stride)
                    .dilation(dilation)
                    .convolutionMode(mode)
                    .padding(mode == ConvolutionMode.Same ? 0 : random.nextInt(3))
                    .hasBias(random.nextBoolean())
                    .biasInit(0.4)
                    .activation(Activation.IDENTITY);
        }

        InputTypeConvolutional image() {
            int least = random.nextInt(4) == 0 ? 24 : 8; // the larger ones are cut into bands of rows
            return (InputTypeConvolutional) InputType.convolutional(
                    least + random.nextInt(12), 8 + random.nextInt(12), 1 + random.nextInt(4), format);
        }

        /** Any gate. */
        Sampling sampling(long seed) {
            Gate gate = Gate.values()[random.nextInt(4)];
            boolean grid = gate == Gate.UNIFORM || random.nextBoolean();
            return Sampling.builder()
                    .gate(gate)
                    .gridInterval(grid ? 1 + random.nextInt(5) : null)
                    .inference(Inference.values()[random.nextInt(2)])
                    .softInference(random.nextBoolean())
                    .inferenceTemperature(1)
                    .seed(seed)
                    .build();
        }

        Form form() {
            return Form.values()[random.nextInt(Form.values().length)];
        }

        int batch() {
            return 1 + random.nextInt(4);
        }

        /** Zeros and ones of a density from 0 to 1, both included. */
        INDArray mask(long... shape) {
            double density = List.of(0.0, 0.02, 0.1, 0.3, 0.6, 0.95, 1.0).get(random.nextInt(7));
            return Nd4j.rand(DataType.FLOAT, shape).lt(density).castTo(DataType.FLOAT);
        }
    }

    private static void assertSparseIsDense(ComputationGraph net, INDArray... inputs) {
        assertSparseIsDense(Form.DENSE, net, inputs);
    }

    private static void assertSparseIsDense(Form form, ComputationGraph net, INDArray... inputs) {
        INDArray[] formed = Stream.of(inputs).map(form::of).toArray(INDArray[]::new);
        INDArray defined = Kernels.off(() -> net.outputSingle(inputs));
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.NONE, WorkspaceMode.ENABLED}) {
            net.getConfiguration().setInferenceWorkspaceMode(mode);
            Supplier<INDArray> sparse = () -> Kernels.alwaysSparse(() -> net.outputSingle(formed));
            Supplier<INDArray> dense = () -> Kernels.alwaysDense(() -> net.outputSingle(formed));
            for (Supplier<INDArray> kernels : List.of(sparse, dense)) {
                assertThat(Kernels.inThreads(2, kernels)).isCloseTo(defined, TOLERANCE);
                assertThat(Kernels.inThreads(2, () -> Kernels.withoutOneDnn(kernels)))
                        .isCloseTo(defined, TOLERANCE);
            }
        }
    }

    private static INDArray image(InputTypeConvolutional type, int batch) {
        return SmallNets.image(
                DataType.FLOAT, type.getFormat(), batch, type.getChannels(), type.getHeight(), type.getWidth());
    }

    private static long[] maskShape(InputTypeConvolutional type, int batch) {
        return Masks.inFormat(type.getFormat(), new long[] {batch, 1, type.getHeight(), type.getWidth()});
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void maskedConvolutionsAgree(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        MaskedConv2D layer = c.configured(
                        new MaskedConv2D.Builder(c.kernel(), 1 + c.random().nextInt(3)))
                .build();
        InputTypeConvolutional type = c.image();
        InputTypeConvolutional output = (InputTypeConvolutional) layer.getOutputType(0, type);
        ComputationGraph net = SampledNets.alone(layer, DataType.FLOAT, type, output.getHeight(), output.getWidth());
        int batch = c.batch();
        assertSparseIsDense(c.form(), net, image(type, batch), c.mask(maskShape(output, batch)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void interpolationsAgree(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        Method method = Method.values()[c.random().nextInt(4)];
        InputTypeConvolutional type = c.image();
        ComputationGraph net = SampledNets.alone(
                new Interpolation.Builder(method)
                        .window(1 + 2 * c.random().nextInt(5))
                        .build(),
                DataType.FLOAT,
                type);
        net.paramTable()
                .values()
                .forEach(p -> p.assign(Nd4j.rand(DataType.FLOAT, p.shape()).muli(3)));
        int batch = c.batch();
        assertSparseIsDense(c.form(), net, image(type, batch), c.mask(maskShape(type, batch)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sampledConvolutionsAgree(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        SampledConv2D layer = c.configured(new SampledConv2D.Builder(c.mode() == ConvolutionMode.Same ? c.kernel() : 3))
                .sampling(c.sampling(seed))
                .interpolation(Method.values()[c.random().nextInt(4)])
                .build();
        InputTypeConvolutional type = c.image();
        ComputationGraph net = SmallNets.alone(layer, DataType.FLOAT, type);
        if (layer.getSampling().predicts()) {
            net.getParam("layer_maskb").assign(c.random().nextInt(9) - 6);
            INDArray w = net.getParam("layer_maskW");
            w.assign(Nd4j.randn(w.dataType(), w.shape()));
        }
        assertSparseIsDense(c.form(), net, image(type, c.batch()));
    }

    static Stream<Arguments> acceleratedCases() {
        return seeds().boxed()
                .map(seed -> Arguments.of(
                        seed,
                        List.of("mask fills", "mask fills twice", "another fills", "mask fills, user reads")
                                .get((int) (seed % 4))));
    }

    /**
     * In networks that only predict, where interpolations that are all readers of a convolution and have its mask get its
     * samples only, with images so wide that rows are interpolated piece by piece.
     */
    @ParameterizedTest
    @MethodSource("acceleratedCases")
    void acceleratedNetworksAgree(long seed, String readers) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        InputTypeConvolutional type = (InputTypeConvolutional) InputType.convolutional(
                6 + c.random().nextInt(20),
                6 + c.random().nextInt(90),
                1 + c.random().nextInt(20),
                c.format());
        MaskedConv2D convolution = c.configured(new MaskedConv2D.Builder(3))
                .nOut(1 + c.random().nextInt(33))
                .activation(c.random().nextBoolean() ? Activation.RELU : Activation.TANH)
                .build();
        InputTypeConvolutional features = (InputTypeConvolutional) convolution.getOutputType(0, type);
        InputType mask = InputType.convolutional(features.getHeight(), features.getWidth(), 1, c.format());
        GraphBuilder builder = SmallNets.global(DataType.FLOAT, new NoOp())
                .graphBuilder()
                .addInputs("in", "mask", "other mask")
                .setInputTypes(type, mask, mask);
        MultiInputVertex.addLayer(builder, "conv", convolution, "in", "mask");
        String filling = readers.startsWith("another") ? "other mask" : "mask";
        MultiInputVertex.addLayer(builder, "fill", interpolation(c), "conv", filling);
        // An input must be read
        MultiInputVertex.addLayer(builder, "unrelated", interpolation(c), "other mask", "other mask");
        builder.setOutputs("fill", "unrelated");
        if (readers.endsWith("twice")) {
            MultiInputVertex.addLayer(builder, "fill again", interpolation(c), "conv", "mask");
            builder.setOutputs("fill", "unrelated", "fill again");
        } else if (readers.endsWith("user reads")) {
            builder.setOutputs("fill", "unrelated", "conv");
        }
        ComputationGraph net = SmallNets.built(builder.validateOutputLayerConfig(false));
        int batch = c.batch();
        INDArray[] inputs = {image(type, batch), c.mask(maskShape(features, batch)), c.mask(maskShape(features, batch))
        };
        INDArray[] defined = Kernels.off(() -> net.output(inputs));
        CpuAcceleration.accelerateForInference(net);
        INDArray[] sparse = Kernels.inThreads(2, () -> Kernels.alwaysSparse(() -> net.output(inputs)));
        INDArray[] dense = Kernels.inThreads(2, () -> Kernels.alwaysDense(() -> net.output(inputs)));
        for (int i = 0; i < defined.length; i++) {
            assertThat(sparse[i]).isCloseTo(defined[i], TOLERANCE);
            assertThat(dense[i]).isCloseTo(defined[i], TOLERANCE);
        }
    }

    private static Interpolation interpolation(Case c) {
        return new Interpolation.Builder(Method.values()[c.random().nextInt(4)])
                .window(1 + 2 * c.random().nextInt(4))
                .build();
    }

    /** One image has no sample at all, one has a single one, one has all. */
    @ParameterizedTest
    @EnumSource(Method.class)
    void imagesWithoutASampleAgree(Method method) {
        InputTypeConvolutional type = (InputTypeConvolutional) InputType.convolutional(20, 18, 3);
        GraphBuilder builder = SmallNets.global(DataType.FLOAT, new NoOp())
                .graphBuilder()
                .addInputs("in", "mask")
                .setInputTypes(type, InputType.convolutional(20, 18, 1));
        MaskedConv2D convolution = new MaskedConv2D.Builder(3)
                .nOut(4)
                .convolutionMode(ConvolutionMode.Same)
                .build();
        MultiInputVertex.addLayer(builder, "conv", convolution, "in", "mask");
        MultiInputVertex.addLayer(builder, "fill", new Interpolation.Builder(method).build(), "conv", "mask");
        ComputationGraph net = SmallNets.built(builder.setOutputs("fill").validateOutputLayerConfig(false));
        INDArray mask = Nd4j.zeros(DataType.FLOAT, 3, 1, 20, 18);
        mask.putScalar(1, 0, 4, 5, 1);
        mask.slice(2).assign(1);
        assertSparseIsDense(net, image(type, 3), mask);
    }

    static Stream<SampledResidualBlock> blocks() {
        return Stream.of(SampledResidualBlock.Kind.values())
                .flatMap(kind -> Stream.of(SampledResidualBlock.MaskUse.values())
                        .map(masks -> (kind == SampledResidualBlock.Kind.BASIC
                                        ? SampledResidualBlock.basic(6)
                                        : SampledResidualBlock.bottleneck(6))
                                .withMasks(masks)
                                .withStride(2)
                                .withProjection(true)));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void residualBlocksAgree(SampledResidualBlock block) {
        GraphBuilder builder = SmallNets.global(DataType.FLOAT, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(19, 17, 4));
        String output = block.addTo(builder, "block", "in");
        ComputationGraph net = SmallNets.built(builder.setOutputs(output).validateOutputLayerConfig(false));
        net.paramTable().forEach((name, p) -> {
            if (name.contains("mask") && name.endsWith("_b")) {
                p.assign(-0.7);
            }
        });
        assertSparseIsDense(net, Nd4j.randn(DataType.FLOAT, 3, 4, 19, 17));
    }

    /** An image whose pixels are not numbers where no sampled window looks. */
    @Test
    void positionsThatAreNotSampledAreNotComputed() {
        ComputationGraph net = SampledNets.alone(
                new MaskedConv2D.Builder(3)
                        .nOut(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.IDENTITY)
                        .build(),
                DataType.FLOAT,
                (InputTypeConvolutional) InputType.convolutional(9, 9, 1));
        INDArray image = Nd4j.valueArrayOf(new long[] {1, 1, 9, 9}, Float.NaN, DataType.FLOAT);
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                image.putScalar(0, 0, row, column, 1);
            }
        }
        INDArray mask = Nd4j.zeros(DataType.FLOAT, 1, 1, 9, 9);
        mask.putScalar(0, 0, 1, 1, 1);
        assertThat(Kernels.alwaysSparse(() -> net.outputSingle(image, mask))
                        .isNaN()
                        .any())
                .isFalse();
    }
}
