package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.GatedConvolution;
import io.github.dl4jcondconv.kernels.Gemm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A pass of a WeightNet convolution with one gate a slice by the CPU's kernels: as gates scale slices of kernels,
 * they may as well scale what the slices compute.
 */
final class WeightNetPass implements LayerPass {
    private final WeightNetConv2D layer;
    private final ForwardPass pass;
    private final INDArray image;
    private final INDArray features;
    private final INDArray context;
    private final INDArray gates;
    private final INDArray output;
    private final GatedConvolution convolution;

    WeightNetPass(WeightNetConv2D layer, ForwardPass pass) {
        this.layer = layer;
        this.pass = pass;
        image = layer.toNCHW(pass.input(0));
        features = layer.isSharedContext() ? null : kept(image.mean(2, 3));
        context = layer.isSharedContext() ? pass.input(1) : kept(affine(features, "reduce"));
        gates = kept(Transforms.sigmoid(affine(context, "fc1"), false));
        output = pass.newOutput(layer.outputShape(pass.imageShape()));
        INDArray y = layer.toNCHW(output);
        convolution = new GatedConvolution(
                layer.window(pass.imageShape()),
                image,
                kernels(pass.parameter("fc2W")),
                bySlice(gates),
                y,
                shape -> pass.kept(DataType.FLOAT, shape));
        if (layer.isStaticBias()) {
            Nd4j.exec(new BroadcastAddOp(y, pass.parameter("bs"), y, 1));
        }
    }

    /** Whether a slice has one gate and is made of whole input channels. */
    static boolean fits(WeightNetConv2D layer) {
        return layer.getM() == layer.getG() && layer.getNIn() % layer.getG() == 0;
    }

    private INDArray kept(INDArray value) {
        return pass.kept(DataType.FLOAT, value.shape()).assign(value);
    }

    private INDArray affine(INDArray x, String stem) {
        return Gemm.product(x, pass.parameter(stem + "W")).addiRowVector(pass.parameter(stem + "b"));
    }

    private INDArray bySlice(INDArray gates) {
        return gates.reshape('c', gates.size(0), layer.getNOut(), layer.getG());
    }

    private INDArray kernels(INDArray fc2) {
        int[] k = layer.getKernelSize();
        return fc2.reshape('c', layer.getNOut(), layer.getNIn(), k[0], k[1]);
    }

    @Override
    public INDArray output() {
        return output;
    }

    @Override
    public void backward(INDArray upstream, PassGradients gradients) {
        INDArray dy = layer.toNCHW(upstream);
        INDArray dImage = layer.toNCHW(gradients.ofInput(0));
        INDArray dGates = gates.ulike();
        convolution.backward(dy, dImage, kernels(gradients.ofParameter("fc2W")), bySlice(dGates));
        if (layer.isStaticBias()) {
            gradients.ofParameter("bs").assign(dy.sum(0, 2, 3));
        }
        INDArray dLogits = dGates.muli(gates).muli(gates.rsub(1));
        INDArray dContext = backwardAffine(context, dLogits, "fc1", gradients);
        if (layer.isSharedContext()) {
            gradients.ofInput(1).assign(dContext);
        } else {
            INDArray dFeatures = backwardAffine(features, dContext, "reduce", gradients);
            dFeatures.divi(image.size(2) * image.size(3));
            Nd4j.exec(new BroadcastAddOp(dImage, dFeatures, dImage, 0, 1));
        }
    }

    private INDArray backwardAffine(INDArray x, INDArray upstream, String stem, PassGradients gradients) {
        gradients.ofParameter(stem + "W").assign(Gemm.product(x.transpose(), upstream));
        gradients.ofParameter(stem + "b").assign(upstream.sum(0));
        return Gemm.product(upstream, pass.parameter(stem + "W").transpose());
    }
}
