package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.ChannelValues;
import io.github.dl4jcondconv.kernels.ExampleConvolution;
import io.github.dl4jcondconv.kernels.Gemm;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A pass of a conditional convolution by the CPU's kernels, in training or at inference. */
final class CondConvPass implements LayerPass {
    private final CondConvBlock layer;
    private final ForwardPass pass;
    private final ExampleConvolution convolution;
    private final Memory image;
    private final RoutingPass router;
    private final INDArray weights;
    private final INDArray output;

    CondConvPass(CondConvBlock layer, ForwardPass pass) {
        this.layer = layer;
        this.pass = pass;
        output = pass.newOutput(layer.outputShape(pass.imageShape()));
        convolution = layer.kernel(layer.window(pass.imageShape()));
        image = pass.imageInBlocks();
        router = layer.getRouting().fromInput() ? null : new RoutingPass(layer.getRouting(), image, pass);
        weights = router == null ? pass.input(1) : router.weights();
        compute(pass.memory(output));
    }

    private void compute(Memory target) {
        Memory y = Images.inBlocks(target);
        convolution.forward(image, pass.parameter("W"), weights, y);
        if (layer.isHasBias()) {
            INDArray bias = Gemm.product(weights, pass.parameter("b"));
            ChannelValues.add(layer.isStaticBias() ? bias.addiRowVector(pass.parameter("bs")) : bias, y);
        } else if (layer.isStaticBias()) {
            INDArray bias = pass.parameter("bs");
            ChannelValues.add(bias.reshape(1, bias.length()).broadcast(weights.size(0), bias.length()), y);
        }
        if (y != target) {
            Reorder.copy(y, target);
        }
    }

    @Override
    public INDArray output() {
        return output;
    }

    @Override
    public void backward(INDArray upstream, PassGradients gradients) {
        Memory given = gradients.memory(upstream);
        Memory dy = Reorder.to(Layout.blocked(given.layout().dims()), given);
        INDArray dWeights = router == null ? gradients.ofInput(1) : weights.ulike();
        convolution.backwardWeights(image, pass.parameter("W"), weights, dy, gradients.ofParameter("W"), dWeights);
        if (layer.isHasBias() || layer.isStaticBias()) {
            backwardBias(ChannelValues.sums(dy), dWeights, gradients);
        }
        INDArray dFeatures = router == null ? null : router.backward(dWeights, gradients);
        if (gradients.wantsImage()) {
            backwardImage(dy, dFeatures, gradients.ofImage());
        }
    }

    /** @param dBias [N, nOut] */
    private void backwardBias(INDArray dBias, INDArray dWeights, PassGradients gradients) {
        if (layer.isHasBias()) {
            gradients.ofParameter("b").assign(Gemm.product(weights.transpose(), dBias));
            dWeights.addi(Gemm.product(dBias, pass.parameter("b").transpose()));
        }
        if (layer.isStaticBias()) {
            gradients.ofParameter("bs").assign(dBias.sum(0));
        }
    }

    /** @param dFeatures gradient of the image's means, or null */
    private void backwardImage(Memory dy, INDArray dFeatures, Memory target) {
        Memory dImage = Images.inBlocks(target);
        convolution.backwardData(pass.parameter("W"), weights, dy, dImage);
        if (dFeatures != null) {
            long[] dims = dImage.layout().dims();
            ChannelValues.add(dFeatures.divi(dims[2] * dims[3]), dImage);
        }
        if (dImage != target) {
            Reorder.copy(dImage, target);
        }
    }
}
