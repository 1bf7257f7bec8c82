package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** One point of the option grid on which gradients are checked, in double precision. */
public record GradientCase(
        Activation activation,
        int batch,
        int stride,
        int dilation,
        ConvolutionMode mode,
        CNN2DFormat format,
        boolean regularized,
        WorkspaceMode workspaces) {
    /** The whole grid, or as many points of it as the property gradcheck.cases says, chosen by a printed seed. */
    public static List<GradientCase> sample() {
        List<GradientCase> grid = grid();
        String given = System.getProperty("gradcheck.seed", "");
        long seed = given.isBlank() ? new Random().nextLong() : Long.parseLong(given);
        int cases = Math.min(grid.size(), Integer.getInteger("gradcheck.cases", 100));
        System.out.printf("gradient checks: %d of %d cases, -Dgradcheck.seed=%d%n", cases, grid.size(), seed);
        Collections.shuffle(grid, new Random(seed));
        return grid.subList(0, cases);
    }

    private static List<GradientCase> grid() {
        List<GradientCase> grid = new ArrayList<>();
        for (Activation activation : List.of(Activation.TANH, Activation.IDENTITY, Activation.SWISH)) {
            for (int batch : new int[] {1, 4, 5}) {
                for (int stride : new int[] {1, 2}) {
                    for (int dilation : new int[] {1, 2}) {
                        for (ConvolutionMode mode : List.of(ConvolutionMode.Same, ConvolutionMode.Truncate)) {
                            for (CNN2DFormat format : CNN2DFormat.values()) {
                                for (boolean regularized : new boolean[] {false, true}) {
                                    for (WorkspaceMode ws : List.of(WorkspaceMode.NONE, WorkspaceMode.ENABLED)) {
                                        grid.add(new GradientCase(
                                                activation, batch, stride, dilation, mode, format, regularized, ws));
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return grid;
    }

    /**
     * One of the options that only some layers have, chosen at random but for this case always the same, so that the
     * cases of a grid spread over all of them.
     */
    @SafeVarargs
    public final <T> T one(String option, T... values) {
        return values[new SplittableRandom((option + this).hashCode()).nextInt(values.length)];
    }

    /** Gives a builder this case's stride, dilation and mode, without Same mode a padding of 1, and its activation. */
    public <B extends Convolution2DBlock.Builder<B>> B geometry(B builder) {
        return window(builder).activation(activation);
    }

    /** The same without the activation. */
    public <B extends Convolution2DBlock.Builder<B>> B window(B builder) {
        return builder.stride(stride)
                .dilation(dilation)
                .convolutionMode(mode)
                .padding(mode == ConvolutionMode.Same ? 0 : 1);
    }

    /**
     * What is wrong with the gradients of a network of 2-channel images: a line for each parameter array.
     *
     * @param network makes it, of global settings and an input type
     */
    public List<String> disagreements(BiFunction<NeuralNetConfiguration.Builder, InputType, GraphBuilder> network) {
        Nd4j.getRandom().setSeed(toString().hashCode());
        NeuralNetConfiguration.Builder global = SmallNets.global(DataType.DOUBLE, new NoOp())
                .trainingWorkspaceMode(workspaces)
                .inferenceWorkspaceMode(workspaces);
        if (regularized) {
            global.l1(0.03).l2(0.02).l1Bias(0.01).l2Bias(0.05);
        }
        ComputationGraph net = SmallNets.built(network.apply(global, InputType.convolutional(7, 6, 2, format)));
        DataSet images = new DataSet(
                SmallNets.image(DataType.DOUBLE, format, batch, 2, 7, 6), SmallNets.labels(DataType.DOUBLE, batch));
        perturb(net, Gradients.of(net, images).keySet());
        return Slopes.disagreements(net, images);
    }

    /** Moves biases and gammas off their constant starts, where errors could hide; state, which has no gradient, stays. */
    private static void perturb(ComputationGraph net, Set<String> parameters) {
        for (String name : parameters) {
            INDArray p = net.getParam(name);
            p.addi(Nd4j.randn(p.dataType(), p.shape()).muli(0.2));
        }
    }
}
