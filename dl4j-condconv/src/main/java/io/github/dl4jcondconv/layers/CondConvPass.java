package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.ExampleConvolution;
import io.github.dl4jcondconv.kernels.Gemm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A pass of a conditional convolution by the CPU's kernels, in training or at inference.
 *
 * @param <I> images as the convolution takes them
 */
final class CondConvPass<I> implements LayerPass {
    private final CondConvBlock layer;
    private final ForwardPass pass;
    private final ImageForm<I> form;
    private final ExampleConvolution<I> convolution;
    private final I image;
    private final RoutingPass router;
    private final INDArray weights;
    private final INDArray output;

    CondConvPass(CondConvBlock layer, ForwardPass pass, ImageForm<I> form, ExampleConvolution<I> convolution) {
        this.layer = layer;
        this.pass = pass;
        this.form = form;
        this.convolution = convolution;
        output = pass.newOutput(layer.outputShape(pass.imageShape()));
        image = form.input();
        router = layer.getRouting().fromInput() ? null : new RoutingPass(layer.getRouting(), means(), pass);
        weights = router == null ? pass.input(1) : router.weights();
        form.write(output, this::compute);
    }

    private INDArray means() {
        INDArray means = pass.kept(DataType.FLOAT, pass.imageShape()[0], layer.getNIn());
        form.sums(image, 1 / pixels(), means);
        return means;
    }

    /** Of an input channel. */
    private float pixels() {
        long[] shape = pass.imageShape();
        return shape[2] * shape[3];
    }

    private void compute(I y) {
        convolution.forward(image, pass.parameter("W"), weights, y);
        if (layer.isHasBias()) {
            INDArray bias = Gemm.product(weights, pass.parameter("b"));
            form.add(layer.isStaticBias() ? bias.addiRowVector(pass.parameter("bs")) : bias, 1, y);
        } else if (layer.isStaticBias()) {
            INDArray bias = pass.parameter("bs");
            form.add(bias.reshape(1, bias.length()).broadcast(weights.size(0), bias.length()), 1, y);
        }
    }

    @Override
    public INDArray output() {
        return output;
    }

    @Override
    public void backward(INDArray upstream, PassGradients gradients) {
        I dy = form.upstream(upstream, gradients);
        INDArray dWeights = router == null ? gradients.ofInput(1) : weights.ulike();
        convolution.backwardWeights(image, pass.parameter("W"), weights, dy, gradients.ofParameter("W"), dWeights);
        if (layer.isHasBias() || layer.isStaticBias()) {
            INDArray dBias = Nd4j.createUninitialized(DataType.FLOAT, output.size(0), layer.getNOut());
            form.sums(dy, 1, dBias);
            backwardBias(dBias, dWeights, gradients);
        }
        INDArray dFeatures = router == null ? null : router.backward(dWeights, gradients);
        if (gradients.wantsImage()) {
            form.writeGradient(gradients, dImage -> backwardImage(dy, dFeatures, dImage));
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
    private void backwardImage(I dy, INDArray dFeatures, I dImage) {
        convolution.backwardData(pass.parameter("W"), weights, dy, dImage);
        if (dFeatures != null) {
            form.add(dFeatures, 1 / pixels(), dImage);
        }
    }
}
