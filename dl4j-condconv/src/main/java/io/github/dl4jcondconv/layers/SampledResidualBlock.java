package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.layers.Interpolation.Method;
import lombok.With;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;

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
 *     block's multiply-adds: in the official block 1/4 and 3/4. Each mask adds the hash of its vertex's name to the seed,
 *     so that no two have the same noise
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

        /** Sides of the convolutions' windows. */
        final int[] kernels;
        /** Output channels of the convolutions as multiples of the width. */
        final int[] expansions;

        Kind(int[] kernels, int[] expansions) {
            this.kernels = kernels;
            this.expansions = expansions;
        }

        /** The number of the last convolution, from 0. */
        int last() {
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
        int maskOf(int i) {
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
        return new SampledResidualVertices(this, graph, name).add(input);
    }
}
