package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock.Branch;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The square branch is the convolution and its normalisation; the others are silent, their gammas being 0. */
record ToAsymmetricConvBlock(Supplier<AsymmetricConvBlock.Builder> template) implements Target {
    /** 7 x 7 and larger windows stay, as in the paper's networks. */
    private static final int USUALLY_BELOW = 7;

    @Override
    public Optional<String> objection(ConvolutionLayer convolution, boolean usersChoice) {
        int[] k = convolution.getKernelSize();
        if (k[0] != k[1] || k[0] == 1 || k[0] % 2 == 0) {
            return Optional.of("a window of " + k[0] + "x" + k[1] + ", not square and odd, from 3x3");
        }
        return usersChoice || k[0] < USUALLY_BELOW
                ? Optional.empty()
                : Optional.of("a window of " + k[0] + "x" + k[1]
                        + ", not below 7x7: name the layer, or choose it by predicate");
    }

    @Override
    public boolean normalises() {
        return true;
    }

    @Override
    public AsymmetricConvBlock layer(Original original) {
        AsymmetricConvBlock.Builder builder =
                original.like(template.get()).weightInit(original.layer().getWeightInitFn());
        original.normalisationLayer()
                .ifPresent(norm -> builder.eps(norm.getEps()).decay(norm.getDecay()));
        return builder.build();
    }

    @Override
    public void keep(Original original, Convolution2DBlock block, Map<String, INDArray> parameters) {
        parameters.get("Wsq").assign(original.kernel());
        if (original.normalisation() == null) {
            parameters.get("gammasq").assign(1);
            parameters.get("betasq").assign(original.bias());
            // such that variance + eps is 1
            parameters.get("varsq").assign(1 - ((AsymmetricConvBlock) block).getEps());
        } else {
            parameters.get("gammasq").assign(original.gamma());
            parameters.get("betasq").assign(original.beta());
            // the branch has no bias, which would only move the mean
            parameters.get("meansq").assign(original.mean().sub(original.bias()));
            parameters.get("varsq").assign(original.variance());
        }
        for (Branch side : List.of(Branch.HORIZONTAL, Branch.VERTICAL)) {
            parameters.get(side.parameter("gamma")).assign(0);
        }
    }

    @Override
    public String kept() {
        return "in the square branch";
    }
}
