package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.ChannelValues;
import io.github.dl4jcondconv.kernels.GatedConvolution;
import io.github.dl4jcondconv.kernels.Gemm;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A pass of a WeightNet convolution with one gate a slice by the CPU's kernels: as gates scale slices of kernels,
 * they may as well scale what the slices compute.
 */
final class WeightNetPass implements LayerPass {
    private final WeightNetConv2D layer;
    private final ForwardPass pass;
    private final Memory image;
    private final INDArray features;
    private final INDArray context;
    private final INDArray gates;
    private final INDArray output;
    private final GatedConvolution convolution;

    WeightNetPass(WeightNetConv2D layer, ForwardPass pass) {
        this.layer = layer;
        this.pass = pass;
        image = pass.image(Layout.blocked(pass.imageShape()));
        features = layer.isSharedContext() ? null : kept(ChannelValues.means(image));
        context = layer.isSharedContext() ? pass.input(1) : kept(affine(features, "reduce"));
        gates = kept(Transforms.sigmoid(affine(context, "fc1"), false));
        output = pass.newOutput(layer.outputShape(pass.imageShape()));
        Memory target = pass.memory(output);
        Memory y = Images.inBlocks(target);
        convolution = new GatedConvolution(
                layer.window(pass.imageShape()),
                image,
                kernels(pass.parameter("fc2W")),
                bySlice(gates),
                y,
                shape -> pass.kept(DataType.FLOAT, shape));
        if (layer.isStaticBias()) {
            INDArray bias = pass.parameter("bs");
            ChannelValues.add(bias.reshape(1, bias.length()).broadcast(gates.size(0), bias.length()), y);
        }
        if (y != target) {
            Reorder.copy(y, target);
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
        Memory given = gradients.memory(upstream);
        Memory dy = Reorder.to(Layout.blocked(given.layout().dims()), given);
        Memory target = gradients.wantsImage() ? gradients.ofImage() : null;
        Memory dImage = target == null ? null : Images.inBlocks(target);
        INDArray dGates = gates.ulike();
        convolution.backward(dy, dImage, kernels(gradients.ofParameter("fc2W")), bySlice(dGates));
        if (layer.isStaticBias()) {
            gradients.ofParameter("bs").assign(ChannelValues.sums(dy).sum(0));
        }
        INDArray dLogits = dGates.muli(gates).muli(gates.rsub(1));
        INDArray dContext = backwardAffine(context, dLogits, "fc1", gradients);
        if (layer.isSharedContext()) {
            gradients.ofInput(1).assign(dContext);
        } else {
            backwardFeatures(backwardAffine(features, dContext, "reduce", gradients), dImage);
        }
        if (dImage != target) {
            Reorder.copy(dImage, target);
        }
    }

    /** @param dImage to be added to, or null */
    private static void backwardFeatures(INDArray dFeatures, Memory dImage) {
        if (dImage != null) {
            long[] dims = dImage.layout().dims();
            ChannelValues.add(dFeatures.divi(dims[2] * dims[3]), dImage);
        }
    }

    private INDArray backwardAffine(INDArray x, INDArray upstream, String stem, PassGradients gradients) {
        gradients.ofParameter(stem + "W").assign(Gemm.product(x.transpose(), upstream));
        gradients.ofParameter(stem + "b").assign(upstream.sum(0));
        return Gemm.product(upstream, pass.parameter(stem + "W").transpose());
    }
}
