package io.github.dl4jcondconv.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** One point of the option grid on which gradients are checked, as DL4J checks its own layers: double, eps 1e-6. */
public record GradientCase(
        Activation activation,
        int batch,
        int stride,
        int dilation,
        ConvolutionMode mode,
        CNN2DFormat format,
        boolean regularized,
        WorkspaceMode workspaces) {
    private static final double EPSILON = 1e-6;
    private static final double MAX_RELATIVE_ERROR = 1e-3;
    private static final double MIN_ABSOLUTE_ERROR = 1e-8;

    /** The whole grid, or as many points of it as the property gradcheck.cases says, chosen by a printed seed. */
    public static List<GradientCase> sample() {
        return sample(1);
    }

    /** As {@link #sample()}, but one in {@code divisor} of that number, to keep the build short. */
    public static List<GradientCase> sample(int divisor) {
        List<GradientCase> grid = grid();
        String given = System.getProperty("gradcheck.seed", "");
        long seed = given.isBlank() ? new Random().nextLong() : Long.parseLong(given);
        int cases = Math.min(grid.size(), Math.max(1, Integer.getInteger("gradcheck.cases", 100) / divisor));
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

    /** Whether analytic and numeric gradients of every trained parameter of a small network around the layer agree. */
    public boolean holds(Function<GradientCase, Layer> layer, String... excludedState) {
        return holdsIn((global, input) -> SmallNets.graph(layer.apply(this), global, input), excludedState);
    }

    /** The same for any network of small 2-channel images, whose layer under test is called "layer". */
    public boolean holdsIn(
            BiFunction<NeuralNetConfiguration.Builder, InputType, GraphBuilder> network, String... excludedState) {
        Nd4j.getRandom().setSeed(toString().hashCode());
        NeuralNetConfiguration.Builder global = SmallNets.global(DataType.DOUBLE, new NoOp())
                .trainingWorkspaceMode(workspaces)
                .inferenceWorkspaceMode(workspaces);
        if (regularized) {
            global.l1(0.03).l2(0.02).l1Bias(0.01).l2Bias(0.05);
        }
        ComputationGraph net = SmallNets.built(network.apply(global, InputType.convolutional(7, 6, 2, format)));
        perturb(net, excludedState);
        Set<String> excluded = new HashSet<>();
        for (String state : excludedState) {
            excluded.add("layer_" + state);
        }
        return GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                .net(net)
                .epsilon(EPSILON)
                .maxRelError(MAX_RELATIVE_ERROR)
                .minAbsoluteError(MIN_ABSOLUTE_ERROR)
                .print(GradientCheckUtil.PrintMode.FAILURES_ONLY)
                .inputs(new INDArray[] {SmallNets.image(DataType.DOUBLE, format, batch, 2, 7, 6)})
                .labels(new INDArray[] {SmallNets.labels(DataType.DOUBLE, batch)})
                .subset(true)
                .maxPerParam(12)
                .callEachIter(n -> Nd4j.getRandom().setSeed(7))
                .excludeParams(excluded));
    }

    /** Moves biases and gammas off their constant starts, where errors could hide; state keeps its start. */
    private static void perturb(ComputationGraph net, String... state) {
        Set<String> kept = Arrays.stream(state).map(name -> "layer_" + name).collect(Collectors.toSet());
        net.paramTable().forEach((name, p) -> {
            if (!kept.contains(name)) {
                p.addi(Nd4j.randn(p.dataType(), p.shape()).muli(0.2));
            }
        });
    }
}
