package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.LayerRun;
import io.github.dl4jcondconv.testing.NdArrayAssert;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The kernels of training and inference against the definitions of the layers, on random options, in one or two threads. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class KernelEqualityTest {
    // The project's bound for FLOAT; sums of up to some thousand products differ by a tenth of it
    private static final double TOLERANCE = 1e-5;

    // A router's gradients are differences of such sums: with seed 7 the definition's own are 2e-5 from those in DOUBLE
    private static final double OF_ROUTERS = 5e-5;

    static LongStream seeds() {
        return LongStream.range(0, 25);
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
            boolean inWorkspace) {
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
                    random.nextBoolean());
        }

        <T extends Convolution2DBlock.Builder<T>> T configured(T builder) {
            int outputs = random.nextBoolean() ? 16 * (1 + random.nextInt(3)) : 1 + random.nextInt(20);
            return (builder instanceof DepthwiseCondConv2D.Builder ? builder : builder.nOut(outputs))
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

    private static void assertEqualWithAndWithoutKernels(Case c, Convolution2DBlock layer) {
        ComputationGraph net = SmallNets.alone(layer, DataType.FLOAT, c.type());
        assertEqualWithAndWithoutKernels(net, c.images(), c.inWorkspace, 1 + c.random.nextInt(2));
    }

    private static void assertEqualWithAndWithoutKernels(
            ComputationGraph net, INDArray input, boolean inWorkspace, int threads) {
        SmallNets.scatterAll(net);
        INDArray upstream = Nd4j.randn(DataType.FLOAT, net.outputSingle(input).shape());
        Supplier<Map<String, INDArray>> run = () -> {
            Map<String, INDArray> values = LayerRun.of(net, input, upstream, inWorkspace);
            values.put("inference", net.outputSingle(input));
            return values;
        };
        Map<String, INDArray> expected = Kernels.off(run);
        assertClose(Kernels.inThreads(threads, run), expected);
        assertClose(Kernels.withoutOneDnn(() -> Kernels.inThreads(threads, run)), expected);
    }

    private static void assertClose(Map<String, INDArray> actual, Map<String, INDArray> expected) {
        NdArrayAssert.assertClose(routers(actual, true), routers(expected, true), OF_ROUTERS);
        NdArrayAssert.assertClose(routers(actual, false), routers(expected, false), TOLERANCE);
    }

    /** The gradients of routers' parameters, or all else. */
    private static Map<String, INDArray> routers(Map<String, INDArray> values, boolean wanted) {
        Map<String, INDArray> found = new HashMap<>(values);
        found.keySet().removeIf(name -> name.startsWith("routing") != wanted);
        return found;
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
        assertEqualWithAndWithoutKernels(
                SmallNets.alone(layer, DataType.FLOAT, InputType.feedForward(inputs)),
                Nd4j.randn(DataType.FLOAT, 1 + random.nextInt(5), inputs),
                random.nextBoolean(),
                1 + random.nextInt(2));
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
        Nd4j.getRandom().setSeed(seed);
        Case c = Case.of(seed);
        int g = c.channels % 2 == 0 ? 2 : 1;
        assertEqualWithAndWithoutKernels(
                c,
                c.configured(new WeightNetConv2D.Builder(c.kernel(), c.kernel()))
                        .m(g)
                        .g(g)
                        .staticBias(c.random.nextBoolean())
                        .build());
    }
}
