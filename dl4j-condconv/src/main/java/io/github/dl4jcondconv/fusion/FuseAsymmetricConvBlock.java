package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock.Branch;
import java.util.Map;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An asymmetric convolution block becomes one stock convolution: each branch takes in its normalisation, and the 1 x k
 * and k x 1 kernels are added to the middle row and column of the k x k one (Ding et al. 2019, section 3.3).
 */
final class FuseAsymmetricConvBlock implements FusionRule {

    @Override
    public String name() {
        return "sum the branches of AsymmetricConvBlock";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!(draft.layer(vertex) instanceof AsymmetricConvBlock block)) {
            return Outcome.NOT_MINE;
        }
        KernelBias sum = Stream.of(Branch.values())
                .map(branch -> folded(draft, vertex, block, branch))
                .reduce(KernelBias::plus)
                .orElseThrow();
        draft.replace(
                vertex,
                StockConvolution.like(block),
                Map.of("W", sum.kernel(DataType.DOUBLE), "b", sum.bias(DataType.DOUBLE)));
        return Outcome.fusedInto(vertex);
    }

    private static KernelBias folded(NetworkDraft draft, String vertex, AsymmetricConvBlock block, Branch branch) {
        int k = block.getKernelSize()[0];
        return KernelBias.of(draft.parameter(vertex, branch.parameter("W")), null)
                .fold(
                        draft.parameter(vertex, branch.parameter("gamma")),
                        draft.parameter(vertex, branch.parameter("beta")),
                        draft.parameter(vertex, branch.parameter("mean")),
                        draft.parameter(vertex, branch.parameter("var")),
                        block.getEps())
                .padTo(k, k);
    }
}
