package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.engine.TrainingPass;
import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.function.Function;
import java.util.stream.Stream;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Asymmetric convolution block: a k x k, a 1 x k and a k x 1 convolution without bias, each with its own
 * BatchNormalization, summed and then activated (Ding et al., "ACNet: Strengthening the Kernel Skeletons for Powerful CNN
 * via Asymmetric Convolution Blocks", ICCV 2019, section 3.2). After training {@code fusion.GraphFuser} turns it into one
 * stock convolution with the same output (section 3.3).
 *
 * <p>The side branches see the middle row and the middle column of the k x k window, whatever the stride, padding,
 * dilation and mode. Where padding is smaller than dilation * (k / 2) that means they do not see the image's border,
 * which the official code gets by cropping; its padding formula is wrong for dilation above 1, this layer's is not.
 *
 * <p>Parameters: {@code Wsq} [nOut, nIn, k, k], {@code Whor} [nOut, nIn, 1, k], {@code Wver} [nOut, nIn, k, 1]; for each
 * of * = sq, hor, ver {@code gamma*}, {@code beta*} and, as state, {@code mean*}, {@code var*}, all [nOut]. The variance
 * of a batch is the biased one, and running = decay * running + (1 - decay) * batch, as in DL4J's BatchNormalization.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class AsymmetricConvBlock extends Convolution2DBlock {
    private static final long serialVersionUID = 1;

    /** How the three gammas start. */
    public enum GammaInit {
        /** All 1: the paper's configuration. */
        ONE,
        /** All 1/3, so that the sum starts at the scale of one branch: the official code's choice for CIFAR. */
        THIRD,
        /** Square branch 1, the others 0: the block starts as the plain convolution. */
        SINGLE;

        double of(Branch branch) {
            return switch (this) {
                case ONE -> 1;
                case THIRD -> 1.0 / 3;
                case SINGLE -> branch == Branch.SQUARE ? 1 : 0;
            };
        }
    }

    /** The three branches and the suffix of their parameters' names. */
    public enum Branch {
        SQUARE("sq"),
        HORIZONTAL("hor"),
        VERTICAL("ver");

        private final String suffix;

        Branch(String suffix) {
            this.suffix = suffix;
        }

        /** {@code parameter("gamma")} of HORIZONTAL is "gammahor". */
        public String parameter(String stem) {
            return stem + suffix;
        }

        int height(int k) {
            return this == HORIZONTAL ? 1 : k;
        }

        int width(int k) {
            return this == VERTICAL ? 1 : k;
        }
    }

    private double eps;
    private double decay;
    private GammaInit gammaInit;

    private AsymmetricConvBlock(Builder builder) {
        super(builder);
        eps = builder.eps;
        decay = builder.decay;
        gammaInit = builder.gammaInit;
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        int[] k = getKernelSize();
        require(k[0] == k[1] && k[0] % 2 == 1 && k[0] >= 3, "kernelSize", k[0] + "x" + k[1], "square, odd, from 3x3");
        require(eps > 0, "eps", eps, "above 0");
        require(decay >= 0 && decay <= 1, "decay", decay, "0 to 1");
    }

    @Override
    protected void defineParameters(Parameters p) {
        int k = getKernelSize()[0];
        for (Branch b : Branch.values()) {
            long taps = (long) b.height(k) * b.width(k);
            p.weight(b.parameter("W"), getNIn() * taps, getNOut() * taps, getNOut(), getNIn(), b.height(k), b.width(k));
        }
        for (Branch b : Branch.values()) {
            p.scale(b.parameter("gamma"), gammaInit.of(b), getNOut());
            p.scale(b.parameter("beta"), 0, getNOut());
            p.state(b.parameter("mean"), 0, getNOut());
            p.state(b.parameter("var"), 1, getNOut());
        }
    }

    /** All three branches as one convolution with 3 nOut filters, so that one normalisation treats all of them. */
    @Override
    protected SDVariable defineNCHW(BlockGraph graph, SDVariable image) {
        SDVariable kernels = graph.sameDiff().concat(0, each(b -> placed(graph, b)));
        SDVariable branches = graph.sameDiff().cnn().conv2d(image, toYXIO(kernels), Dilation.config(this));
        return normalizeAndSum(graph, branches);
    }

    @Override
    protected boolean hasImageKernels() {
        return true;
    }

    @Override
    protected LayerPass train(TrainingPass pass) {
        return isCovered(pass) && AsymmetricConvPass.fits(this, pass.imageShape())
                ? new AsymmetricConvPass(this, pass)
                : null;
    }

    @Override
    protected INDArray infer(InferencePass pass) {
        return isCovered(pass) ? new AsymmetricConvAnswer(this, pass).compute() : null;
    }

    private static boolean isCovered(ForwardPass pass) {
        return OneDnn.isAvailable() && pass.dataType() == DataType.FLOAT;
    }

    /** A branch's kernel in the middle of the window that the square kernel covers with its dilation. */
    private SDVariable placed(BlockGraph graph, Branch branch) {
        int k = getKernelSize()[0];
        SDVariable kernel = graph.parameter(branch.parameter("W"));
        return Dilation.place(graph, this, kernel, branch.height(k), branch.width(k))
                .reshape(getNOut(), getNIn(), windowSize(0), windowSize(1));
    }

    /**
     * Scales the 3 nOut channels and sums the branches by one 1x1 convolution with three stacked diagonal matrices:
     * ND4J's broadcast multiplication is ten times slower to differentiate, and its split copies element by element.
     */
    private SDVariable normalizeAndSum(BlockGraph graph, SDVariable branches) {
        SameDiff sd = graph.sameDiff();
        SDVariable mean = all(graph, "mean");
        SDVariable variance = all(graph, "var");
        if (graph.training()) {
            mean = branches.mean(0, 2, 3);
            variance = sd.math().square(branches.sub(mean.reshape(1, -1, 1, 1))).mean(0, 2, 3);
            track(graph, "mean", mean);
            track(graph, "var", variance);
        }
        SDVariable scale = all(graph, "gamma").div(sd.math().sqrt(variance.add(eps)));
        SDVariable shift = all(graph, "beta").sub(mean.mul(scale));

        long branchCount = Branch.values().length;
        SDVariable perBranch = scale.reshape(branchCount, getNOut(), 1);
        SDVariable identity = sd.constant(Nd4j.eye(getNOut()).castTo(graph.dataType()));
        SDVariable diagonals = perBranch.mul(identity.reshape(1, getNOut(), getNOut()));
        SDVariable summed = sd.cnn()
                .conv2d(
                        branches,
                        diagonals.reshape(1, 1, branchCount * getNOut(), getNOut()),
                        Conv2DConfig.builder().kH(1).kW(1).build());
        return summed.add(shift.reshape(branchCount, getNOut()).sum(0).reshape(1, getNOut(), 1, 1));
    }

    private void track(BlockGraph graph, String stem, SDVariable ofBatch) {
        SDVariable[] parts = graph.sameDiff().split(ofBatch, Branch.values().length, 0);
        for (Branch b : Branch.values()) {
            SDVariable running = graph.parameter(b.parameter(stem));
            graph.updateState(b.parameter(stem), running.mul(decay).add(parts[b.ordinal()].mul(1 - decay)));
        }
    }

    private SDVariable all(BlockGraph graph, String stem) {
        return graph.sameDiff().concat(0, each(b -> graph.parameter(b.parameter(stem))));
    }

    private static SDVariable[] each(Function<Branch, SDVariable> of) {
        return Stream.of(Branch.values()).map(of).toArray(SDVariable[]::new);
    }

    @Override
    public long multiplyAdds(InputType input) {
        int k = getKernelSize()[0];
        return convolutionMultiplyAdds(input, (long) k * k + 2L * k);
    }

    @Override
    protected long workingElements(InputType input) {
        // the three branches before and after normalisation
        return 6 * getOutputType(-1, input).arrayElementsPerExample();
    }

    /** Builds an {@link AsymmetricConvBlock}; see {@link Convolution2DBlock.Builder} for the convolution's settings. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends Convolution2DBlock.Builder<Builder> {
        private double eps = 1e-5;
        private double decay = 0.9;
        private GammaInit gammaInit = GammaInit.ONE;

        /**
         * @param kernelSize side of the square window: odd, at least 3
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        /** Added to variances before the root; default 1e-5. */
        public Builder eps(double eps) {
            this.eps = eps;
            return this;
        }

        /** Share of the old running statistic at each step, 0 to 1; default 0.9. */
        public Builder decay(double decay) {
            this.decay = decay;
            return this;
        }

        /** How the branches' gammas start; default {@link GammaInit#ONE}. */
        public Builder gammaInit(GammaInit init) {
            gammaInit = init;
            return this;
        }

        @Override
        public AsymmetricConvBlock build() {
            return new AsymmetricConvBlock(this);
        }
    }
}
