package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.zoo.InvertedResidualNetwork.Stage;
import java.util.List;
import org.nd4j.linalg.activations.Activation;

/**
 * MnasNet-A1 (Tan et al., "MnasNet: Platform-Aware Neural Architecture Search for Mobile", CVPR 2019, figure 7). Vertices
 * are called as timm's modules.
 *
 * <p>With {@link BlockKind#CONDCONV} the last inverted residual block and the classifier are conditional, each with its
 * router (Yang et al., "CondConv", NeurIPS 2019, section 4.1). The paper gives 312M and 325M multiply-adds without and
 * with 8 experts; the last block and the classifier add 14.0M.
 */
public final class MnasNetA1 extends ZooNetwork {
    private static final double DROP_OUT = 0.8;
    private static final Activation ACTIVATION = Activation.RELU;
    private static final int GATED = 4;
    private static final int UNGATED = 0;

    private static final InvertedResidualNetwork ARCHITECTURE = new InvertedResidualNetwork(
            32,
            List.of(
                    stage(1, 1, 3, 1, 16, UNGATED),
                    stage(2, 6, 3, 2, 24, UNGATED),
                    stage(3, 3, 5, 2, 40, GATED),
                    stage(4, 6, 3, 2, 80, UNGATED),
                    stage(2, 6, 3, 1, 112, GATED),
                    stage(3, 6, 5, 2, 160, GATED),
                    stage(1, 6, 3, 1, 320, UNGATED)),
            1280,
            ACTIVATION);

    private MnasNetA1(Builder builder) {
        super(builder, Traits.imageNet("mnasnet-a1", PLAIN, CONDCONV));
    }

    /** A builder of it. */
    public static Builder builder() {
        return new Builder();
    }

    private static Stage stage(int blocks, int expansion, int kernel, int stride, int nOut, int squeeze) {
        return new Stage(blocks, new InvertedResidual(expansion, kernel, stride, nOut, squeeze, ACTIVATION));
    }

    @Override
    void write(Blueprint net) {
        Features x = ARCHITECTURE.write(
                net,
                (block, in, number) -> kernels(net, block, in, isConditional() && number == ARCHITECTURE.blocks()));
        Kernels last = isConditional() ? MixedKernels.ownRouter(experts()) : new FixedKernels();
        last.classifier(net, "classifier", x, numClasses(), dropOut(DROP_OUT));
    }

    /** Builds a {@link MnasNetA1}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {

        private Builder() {}

        @Override
        public MnasNetA1 build() {
            return new MnasNetA1(this);
        }
    }
}
