package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.kernels.PlainConvolution;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock.Branch;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The answer of an asymmetric block at inference: with running statistics its branches are affine, and their sum is one
 * convolution ("ACNet", section 3.3).
 */
final class AsymmetricConvAnswer {
    private final AsymmetricConvBlock layer;
    private final InferencePass pass;

    AsymmetricConvAnswer(AsymmetricConvBlock layer, InferencePass pass) {
        this.layer = layer;
        this.pass = pass;
    }

    /** The block as one convolution: weights [nOut, nIn, k, k] and bias [nOut]. */
    private record Fused(Memory weights, Memory bias) {}

    INDArray compute() {
        INDArray output = pass.newOutput(layer.outputShape(pass.imageShape()));
        boolean relu = new ActivationReLU().equals(layer.getActivationFn());
        Fused fused = pass.ofParameters("fused", this::fused);
        new PlainConvolution(
                        layer.window(pass.imageShape()),
                        fused.weights.layout().dims(),
                        relu ? PostOps.of(Eltwise.Function.RELU) : PostOps.NONE)
                .run(
                        pass.image(),
                        pass.hasFixedParameters(),
                        layout -> pass.ofParameters(layout, () -> Reorder.to(layout, fused.weights)),
                        fused.bias,
                        pass.memory(output));
        return relu ? pass.activated(output) : output;
    }

    private Fused fused() {
        int k = layer.getKernelSize()[0];
        INDArray weights =
                Nd4j.create(DataType.FLOAT, parameter(Branch.SQUARE, "W").shape());
        INDArray bias = Nd4j.create(DataType.FLOAT, layer.getNOut());
        for (Branch b : Branch.values()) {
            INDArray scale = Transforms.sqrt(parameter(b, "var").add(layer.getEps()), false)
                    .rdivi(parameter(b, "gamma"));
            bias.addi(parameter(b, "beta")).subi(parameter(b, "mean").mul(scale));
            weights.get(NDArrayIndex.all(), NDArrayIndex.all(), middle(k, b.height(k)), middle(k, b.width(k)))
                    .addi(parameter(b, "W").mul(scale.reshape(layer.getNOut(), 1, 1, 1)));
        }
        return new Fused(Memory.of(weights), Memory.of(bias));
    }

    private static INDArrayIndex middle(int k, int taps) {
        return NDArrayIndex.interval((k - taps) / 2, (k + taps) / 2);
    }

    private INDArray parameter(Branch b, String stem) {
        return pass.parameter(b.parameter(stem));
    }
}
