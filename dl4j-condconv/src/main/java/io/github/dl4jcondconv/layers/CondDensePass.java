package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.Gemm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A pass of a conditional dense layer by the CPU's kernels. The experts, one below the other, are one matrix V [E nIn,
 * nOut], and
 *
 * <pre>
 * y = s . V    with s_n = (a_n1 x_n, ..., a_nE x_n)    [N, E nIn]
 * </pre>
 *
 * is one product, whose gradients are two more.
 */
final class CondDensePass implements LayerPass {
    private final CondDense layer;
    private final ForwardPass pass;
    private final INDArray x;
    private final RoutingPass router;
    private final INDArray weights;
    private final INDArray scaled;
    private final INDArray output;

    CondDensePass(CondDense layer, ForwardPass pass) {
        this.layer = layer;
        this.pass = pass;
        x = pass.input(0);
        router = layer.getRouting().fromInput() ? null : new RoutingPass(layer.getRouting(), x, pass);
        weights = router == null ? pass.input(1) : router.weights();
        scaled = kept(byExpert(weights).mul(byInput(x)).reshape('c', x.size(0), layer.getNumExperts() * x.size(1)));
        INDArray y = Gemm.product(scaled, stacked());
        if (layer.isHasBias()) {
            y.addi(Gemm.product(weights, pass.parameter("b")));
        }
        if (layer.isStaticBias()) {
            y.addiRowVector(pass.parameter("bs"));
        }
        output = kept(y);
    }

    private INDArray kept(INDArray value) {
        return pass.kept(DataType.FLOAT, value.shape()).assign(value);
    }

    /** V. */
    private INDArray stacked() {
        INDArray experts = pass.parameter("W");
        return experts.reshape('c', experts.size(0) * experts.size(1), experts.size(2));
    }

    private static INDArray byExpert(INDArray weights) {
        return weights.reshape(weights.size(0), weights.size(1), 1);
    }

    private static INDArray byInput(INDArray x) {
        return x.reshape(x.size(0), 1, x.size(1));
    }

    @Override
    public INDArray output() {
        return output;
    }

    @Override
    public void backward(INDArray upstream, PassGradients gradients) {
        INDArray dExperts = gradients.ofParameter("W");
        dExperts.assign(Gemm.product(scaled.transpose(), upstream).reshape('c', dExperts.shape()));
        INDArray dScaled =
                Gemm.product(upstream, stacked().transpose()).reshape('c', x.size(0), layer.getNumExperts(), x.size(1));
        INDArray dWeights = dScaled.mul(byInput(x)).sum(2);
        backwardBias(upstream, dWeights, gradients);
        INDArray dFeatures = null;
        if (router == null) {
            gradients.ofInput(1).assign(dWeights);
        } else {
            dFeatures = router.backward(dWeights, gradients);
        }
        if (gradients.wantsImage()) {
            INDArray dx = dScaled.muli(byExpert(weights)).sum(1);
            gradients.ofInput(0).assign(dFeatures == null ? dx : dx.addi(dFeatures));
        }
    }

    private void backwardBias(INDArray upstream, INDArray dWeights, PassGradients gradients) {
        if (layer.isHasBias()) {
            gradients.ofParameter("b").assign(Gemm.product(weights.transpose(), upstream));
            dWeights.addi(Gemm.product(upstream, pass.parameter("b").transpose()));
        }
        if (layer.isStaticBias()) {
            gradients.ofParameter("bs").assign(upstream.sum(0));
        }
    }
}
