package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.layers.KernelAgreement.assertAgreement;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.testing.Form;
import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The kernels of training and inference against the definitions of the layers, on random options and arrays of every
 * form, in one or two threads.
 */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class KernelEqualityTest {
    static LongStream seeds() {
        return LongStream.range(0, 25);
    }

    /** For layers whose definition is all they have so far. */
    static LongStream fewSeeds() {
        return LongStream.range(0, 8);
    }

    /** Options of a convolution and images for it. */
    private record Case(
            Random random,
            CNN2DFormat format,
            int batch,
            int channels,
            int height,
            int width,
            ConvolutionMode mode,
            Form form) {
        static Case of(long seed) {
            Random random = new Random(seed);
            return new Case(
                    random,
                    random.nextInt(3) > 0 ? CNN2DFormat.NCHW : CNN2DFormat.NHWC,
                    1 + random.nextInt(4),
                    random.nextBoolean() ? 16 * (1 + random.nextInt(2)) : 1 + random.nextInt(20),
                    7 + random.nextInt(9),
                    7 + random.nextInt(9),
                    random.nextBoolean() ? ConvolutionMode.Same : ConvolutionMode.Truncate,
                    Form.values()[random.nextInt(Form.values().length)]);
        }

        <T extends Convolution2DBlock.Builder<T>> T configured(T builder) {
            int outputs = random.nextBoolean() ? 16 * (1 + random.nextInt(3)) : 1 + random.nextInt(20);
            boolean depthwise = builder instanceof DepthwiseCondConv2D.Builder
                    || builder instanceof DepthwiseWeightNetConv2D.Builder;
            return (depthwise ? builder : builder.nOut(outputs))
                    .stride(1 + random.nextInt(2), 1 + random.nextInt(2))
                    .dilation(1 + random.nextInt(2))
                    .convolutionMode(mode)
                    .padding(mode == ConvolutionMode.Same ? 0 : random.nextInt(3))
                    .activation(random.nextBoolean() ? Activation.IDENTITY : Activation.RELU);
        }

        int kernel() {
            return 1 + random.nextInt(3);
        }

        INDArray images() {
            return SmallNets.image(DataType.FLOAT, format, batch, channels, height, width);
        }

        InputType type() {
            return InputType.convolutional(height, width, channels, format);
        }
    }

    private static void assertEqualWithAndWithoutKernels(Case c, SameDiffBlock layer) {
        ComputationGraph net = SmallNets.alone(layer, DataType.FLOAT, c.type());
        Kernels.inThreads(1 + c.random.nextInt(2), () -> assertAgreement(net, c.images(), c.form));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void conditionalConvolutionsAgree(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        assertEqualWithAndWithoutKernels(
                c,
                c.configured(new CondConv2D.Builder(c.kernel(), c.kernel()))
                        .numExperts(1 + c.random.nextInt(5))
                        .mixing(Mixing.KERNELS)
                        .hasBias(c.random.nextBoolean())
                        .staticBias(c.random.nextBoolean())
                        .routing(c.random.nextBoolean() ? Routing.sigmoid() : Routing.softmax(2))
                        .build());
    }

    /** For which BLAS multiplies less than there is in the windows. */
    @ParameterizedTest
    @CsvSource({"32, 20, 21", "128, 10, 11"})
    void conditionalConvolutionsOfManyPixelsOrChannelsAgree(int channels, int height, int width) {
        Nd4j.getRandom().setSeed(height);
        Random random = new Random(height);
        Case c = new Case(random, CNN2DFormat.NHWC, 2, channels, height, width, ConvolutionMode.Same, Form.GAPS);
        assertEqualWithAndWithoutKernels(
                c,
                new CondConv2D.Builder(3)
                        .nOut(channels + 1)
                        .numExperts(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.IDENTITY) // others would hide how large the sums are that were rounded
                        .mixing(Mixing.KERNELS)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void depthwiseConditionalConvolutionsAgree(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        assertEqualWithAndWithoutKernels(
                c,
                c.configured(new DepthwiseCondConv2D.Builder(c.kernel(), 2 * c.kernel() - 1))
                        .numExperts(1 + c.random.nextInt(5))
                        .mixing(Mixing.KERNELS)
                        .hasBias(c.random.nextBoolean())
                        .staticBias(c.random.nextBoolean())
                        .build());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void conditionalDenseLayersAgree(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Random random = new Random(seed);
        int inputs = 1 + random.nextInt(40);
        CondDense layer = new CondDense.Builder()
                .nOut(1 + random.nextInt(40))
                .numExperts(1 + random.nextInt(5))
                .mixing(random.nextBoolean() ? Mixing.KERNELS : Mixing.OUTPUTS)
                .hasBias(random.nextBoolean())
                .staticBias(random.nextBoolean())
                .routing(random.nextBoolean() ? Routing.sigmoid() : Routing.softmax(2))
                .build();
        INDArray vectors = Nd4j.randn(DataType.FLOAT, 1 + random.nextInt(5), inputs);
        Form form = Form.values()[random.nextInt(Form.values().length)];
        assertAgreement(SmallNets.alone(layer, DataType.FLOAT, InputType.feedForward(inputs)), vectors, form);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void asymmetricBlocksAgree(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        int side = 3 + 2 * c.random.nextInt(2);
        assertEqualWithAndWithoutKernels(
                c,
                c.configured(new AsymmetricConvBlock.Builder(side))
                        .decay(0.8)
                        .padding(c.mode == ConvolutionMode.Same ? 0 : side - 1 - c.random.nextInt(2))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void weightNetsAgree(long seed) {
        assertWeightNetsAgree(seed, (height, width) -> new WeightNetConv2D.Builder(height, width));
    }

    @ParameterizedTest
    @MethodSource("fewSeeds")
    void depthwiseWeightNetsAgree(long seed) {
        assertWeightNetsAgree(seed, (height, width) -> new DepthwiseWeightNetConv2D.Builder(height, width));
    }

    private static <T extends WeightNetBlock.Builder<T>> void assertWeightNetsAgree(
            long seed, BiFunction<Integer, Integer, T> builder) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        int g = c.channels % 2 == 0 ? 2 : 1;
        assertEqualWithAndWithoutKernels(
                c,
                c.configured(builder.apply(c.kernel(), c.kernel()))
                        .m(g)
                        .g(g)
                        .staticBias(c.random.nextBoolean())
                        .build());
    }

    @ParameterizedTest
    @MethodSource("fewSeeds")
    void squeezeAndExcitationAgrees(long seed) {
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        assertEqualWithAndWithoutKernels(
                c,
                new SqueezeExcitation.Builder()
                        .reductionRatio(1 + c.random.nextInt(c.channels))
                        .build());
    }
}
