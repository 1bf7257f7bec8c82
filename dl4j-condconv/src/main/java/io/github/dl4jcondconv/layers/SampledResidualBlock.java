package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.Interpolation.Method;
import java.util.List;
import lombok.With;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.activations.Activation;

/**
 * A residual block whose convolutions are sampled (Xie et al., "Spatially Adaptive Inference with Stochastic Feature
 * Sampling and Interpolation", ECCV 2020). All masks are predicted from the block's input.
 *
 * <pre>
 * String features = SampledResidualBlock.bottleneck(64).withStride(2).addTo(graph, "block3", "block2");
 * </pre>
 *
 * A convolution that reads its neighbours, or another mask, is given interpolated features. The last convolution's output
 * is interpolated before its normalisation. In the bottleneck with {@link MaskUse#FIRST_AND_REST} that is the official
 * block: it interpolates before the last convolution, which as a 1x1 convolution without bias may come first. The paper's
 * basic block was not published; this one is built by the same rules.
 *
 * @param kind basic or bottleneck
 * @param masks which convolutions share a mask; default FIRST_AND_REST
 * @param width channels of the first convolution; a bottleneck puts out four times as many
 * @param stride of the block; default 1. It is the 3x3 convolution's, but the first one's where all share a mask
 * @param projection whether a 1x1 convolution brings the input to the output's size, which is needed where the stride is
 *     above 1 or the number of channels changes; default false
 * @param sampling of every mask; its sparsityWeight is the block's, shared by its masks as their convolutions share the
 *     block's multiply-adds: in the official block 1/4 and 3/4
 * @param interpolation default RBF
 * @param window side of the interpolation's window; default 7
 */
@With
public record SampledResidualBlock(
        Kind kind,
        MaskUse masks,
        int width,
        int stride,
        boolean projection,
        Sampling sampling,
        Method interpolation,
        int window) {
    /** The two residual blocks of He et al., "Deep Residual Learning for Image Recognition", CVPR 2016. */
    public enum Kind {
        /** Two 3x3 convolutions. */
        BASIC(new int[] {3, 3}, new int[] {1, 1}),
        /** 1x1, 3x3 and 1x1 to four times the width. */
        BOTTLENECK(new int[] {1, 3, 1}, new int[] {1, 1, 4});

        private final int[] kernels;
        private final int[] expansions;

        Kind(int[] kernels, int[] expansions) {
            this.kernels = kernels;
            this.expansions = expansions;
        }

        private int last() {
            return kernels.length - 1;
        }
    }

    /** The paper's three forms. */
    public enum MaskUse {
        /** One mask for all convolutions. */
        ONE,
        /** One for the first convolution, one for the others. */
        FIRST_AND_REST,
        /** Each convolution has its own. */
        EACH;

        /** The number, from 1, of the mask of convolution {@code i}, from 0. */
        private int maskOf(int i) {
            return switch (this) {
                case ONE -> 1;
                case FIRST_AND_REST -> Math.min(i, 1) + 1;
                case EACH -> i + 1;
            };
        }
    }

    /** A bottleneck block that puts out 4 * width channels. */
    public static SampledResidualBlock bottleneck(int width) {
        return plain(Kind.BOTTLENECK, width);
    }

    /** A basic block that puts out width channels. */
    public static SampledResidualBlock basic(int width) {
        return plain(Kind.BASIC, width);
    }

    private static SampledResidualBlock plain(Kind kind, int width) {
        Sampling sampling = Sampling.builder().build();
        return new SampledResidualBlock(
                kind, MaskUse.FIRST_AND_REST, width, 1, false, sampling, Method.RBF, Interpolator.WINDOW);
    }

    /**
     * Adds the block's vertices. They are called name-mask1, name-conv1, name-bn1, name-relu1, name-fill1, ...
     *
     * @param name the block's, and its last vertex's
     * @param input the vertex it reads
     * @return {@code name}
     */
    public String addTo(GraphBuilder graph, String name, String input) {
        addMasks(graph, name, input);
        String features = input;
        for (int i = 0; i <= kind.last(); i++) {
            features = addConvolution(graph, name, i, features);
        }
        String shortcut = projection ? addProjection(graph, name, input) : input;
        graph.addVertex(name + "-add", new ElementWiseVertex(ElementWiseVertex.Op.Add), features, shortcut);
        graph.addLayer(name, new ActivationLayer(Activation.RELU), name + "-add");
        return name;
    }

    private void addMasks(GraphBuilder graph, String name, String input) {
        for (int mask = 1; mask <= masks.maskOf(kind.last()); mask++) {
            SamplingMask layer = new SamplingMask.Builder()
                    .stride(maskStride(mask))
                    .sampling(sampling.toBuilder()
                            .sparsityWeight(sampling.getSparsityWeight() * share(mask))
                            .build())
                    .build();
            graph.addLayer(name + "-mask" + mask, layer, input);
        }
    }

    /** The stride from the block's input to the output of the convolutions that use the mask. */
    private int maskStride(int mask) {
        int product = 1;
        for (int i = 0; i <= kind.last() && masks.maskOf(i) <= mask; i++) {
            product *= strideOf(i);
        }
        return product;
    }

    private int strideOf(int convolution) {
        int strided = masks == MaskUse.ONE || kind == Kind.BASIC ? 0 : 1;
        return convolution == strided ? stride : 1;
    }

    /** In quarters of a bottleneck's and halves of a basic block's multiply-adds, as the official code rounds them. */
    private double share(int mask) {
        List<Double> ofConvolutions = kind == Kind.BASIC ? List.of(0.5, 0.5) : List.of(0.25, 0.5, 0.25);
        double share = 0;
        for (int i = 0; i <= kind.last(); i++) {
            share += masks.maskOf(i) == mask ? ofConvolutions.get(i) : 0;
        }
        return share;
    }

    /** Adds a convolution and what belongs to it, and returns the vertex that the next one reads. */
    private String addConvolution(GraphBuilder graph, String name, int i, String features) {
        String suffix = Integer.toString(i + 1);
        String mask = name + "-mask" + masks.maskOf(i);
        int kernel = kind.kernels[i];
        MaskedConv2D layer = new MaskedConv2D.Builder(kernel)
                .nOut((long) width * kind.expansions[i])
                .stride(strideOf(i))
                .padding(kernel / 2)
                .convolutionMode(ConvolutionMode.Truncate)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
        MultiInputVertex.addLayer(graph, name + "-conv" + suffix, layer, features, mask);
        if (i == kind.last()) {
            String filled = addInterpolation(graph, name + "-fill" + suffix, name + "-conv" + suffix, mask);
            graph.addLayer(name + "-bn" + suffix, new BatchNormalization(), filled);
            return name + "-bn" + suffix;
        }
        graph.addLayer(name + "-bn" + suffix, new BatchNormalization(), name + "-conv" + suffix);
        graph.addLayer(name + "-relu" + suffix, new ActivationLayer(Activation.RELU), name + "-bn" + suffix);
        boolean nextReadsTheSamePositions = kind.kernels[i + 1] == 1 && masks.maskOf(i) == masks.maskOf(i + 1);
        return nextReadsTheSamePositions
                ? name + "-relu" + suffix
                : addInterpolation(graph, name + "-fill" + suffix, name + "-relu" + suffix, mask);
    }

    private String addInterpolation(GraphBuilder graph, String name, String features, String mask) {
        Interpolation layer =
                new Interpolation.Builder(interpolation).window(window).build();
        MultiInputVertex.addLayer(graph, name, layer, features, mask);
        return name;
    }

    private String addProjection(GraphBuilder graph, String name, String input) {
        ConvolutionLayer layer = new ConvolutionLayer.Builder(1, 1)
                .nOut((long) width * kind.expansions[kind.last()])
                .stride(stride, stride)
                .convolutionMode(ConvolutionMode.Truncate)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
        graph.addLayer(name + "-projection", layer, input);
        graph.addLayer(name + "-projection-bn", new BatchNormalization(), name + "-projection");
        return name + "-projection-bn";
    }
}
