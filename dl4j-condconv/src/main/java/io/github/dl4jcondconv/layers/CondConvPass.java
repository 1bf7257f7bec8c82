package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.ExampleConvolution;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.factory.Nd4j;

/** A training pass of a conditional convolution by the CPU's kernels, and the answer at inference. */
final class CondConvPass implements LayerPass {
    private final CondConvBlock layer;
    private final Function<String, INDArray> parameter;
    private final ExampleConvolution convolution;
    private final INDArray image;
    private final RoutingPass router;
    private final INDArray weights;
    private final INDArray output;

    CondConvPass(CondConvBlock layer, ForwardPass pass) {
        this.layer = layer;
        parameter = pass::parameter;
        output = pass.newOutput(layer.outputShape(pass.imageShape()));
        convolution = layer.kernel(layer.window(pass.imageShape()));
        image = layer.toNCHW(pass.input(0));
        boolean shared = layer.getRouting().fromInput();
        router = shared
                ? null
                : new RoutingPass(layer.getRouting(), image, parameter, shape -> pass.kept(DataType.FLOAT, shape));
        weights = shared ? pass.input(1) : router.weights();
        compute(layer.toNCHW(output));
    }

    private void compute(INDArray y) {
        convolution.forward(image, parameter.apply("W"), weights, y);
        if (layer.isHasBias()) {
            addToChannels(y, weights.mmul(parameter.apply("b")), 0, 1);
        }
        if (layer.isStaticBias()) {
            addToChannels(y, parameter.apply("bs"), 1);
        }
    }

    private static void addToChannels(INDArray y, INDArray bias, int... dimensions) {
        Nd4j.exec(new BroadcastAddOp(y, bias, y, dimensions));
    }

    @Override
    public INDArray output() {
        return output;
    }

    @Override
    public void backward(INDArray upstream, PassGradients gradients) {
        INDArray dy = layer.toNCHW(upstream);
        INDArray dImage = layer.toNCHW(gradients.ofInput(0));
        INDArray dWeights = router == null ? gradients.ofInput(1) : weights.ulike();
        convolution.backward(image, parameter.apply("W"), weights, dy, dImage, gradients.ofParameter("W"), dWeights);
        if (layer.isHasBias() || layer.isStaticBias()) {
            backwardBias(dy.sum(2, 3), dWeights, gradients);
        }
        if (router != null) {
            router.backward(dWeights, dImage, gradients);
        }
    }

    /** @param dBias [N, nOut] */
    private void backwardBias(INDArray dBias, INDArray dWeights, PassGradients gradients) {
        if (layer.isHasBias()) {
            gradients.ofParameter("b").assign(weights.transpose().mmul(dBias));
            dWeights.addi(dBias.mmul(parameter.apply("b").transpose()));
        }
        if (layer.isStaticBias()) {
            gradients.ofParameter("bs").assign(dBias.sum(0));
        }
    }
}
