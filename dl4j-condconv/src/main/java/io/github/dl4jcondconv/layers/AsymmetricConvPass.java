package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.engine.TrainingPass;
import io.github.dl4jcondconv.kernels.BranchSum;
import io.github.dl4jcondconv.kernels.NormalizedConvolution;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock.Branch;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A training pass of an asymmetric block by the CPU's kernels: three convolutions, no kernel larger than it is. */
final class AsymmetricConvPass implements LayerPass {
    private final AsymmetricConvBlock layer;
    private final TrainingPass pass;
    private final INDArray output;
    private final BranchSum sum;

    AsymmetricConvPass(AsymmetricConvBlock layer, TrainingPass pass) {
        this.layer = layer;
        this.pass = pass;
        output = pass.newOutput(layer.outputShape(pass.imageShape()));
        List<NormalizedConvolution.Branch> branches =
                Arrays.stream(Branch.values()).map(this::branch).toList();
        sum = new BranchSum(
                pass.image(),
                branches,
                new BranchSum.Output(pass.memory(output), pass.outputStays(), isActivated()),
                shape -> pass.kept(DataType.FLOAT, shape));
    }

    /** Whether every branch starts inside the padded image: oneDNN knows no negative padding. */
    static boolean fits(AsymmetricConvBlock layer, long[] imageShape) {
        return Arrays.stream(Branch.values())
                .map(b -> window(layer, b, imageShape))
                .allMatch(w -> w.top() >= 0 && w.left() >= 0);
    }

    /** The window of a branch: its kernel is in the middle of the square one. */
    private static Window window(AsymmetricConvBlock layer, Branch b, long[] imageShape) {
        Window square = layer.window(imageShape);
        int k = layer.getKernelSize()[0];
        return new Window(
                b.height(k),
                b.width(k),
                square.strideH(),
                square.strideW(),
                square.dilationH(),
                square.dilationW(),
                square.top() - square.dilationH() * ((k - b.height(k)) / 2),
                square.left() - square.dilationW() * ((k - b.width(k)) / 2));
    }

    private NormalizedConvolution.Branch branch(Branch b) {
        return new NormalizedConvolution.Branch(
                window(layer, b, pass.imageShape()),
                parameter(b, "W"),
                parameter(b, "gamma"),
                parameter(b, "beta"),
                layer.getEps());
    }

    private INDArray parameter(Branch b, String stem) {
        return pass.parameter(b.parameter(stem));
    }

    @Override
    public INDArray output() {
        return output;
    }

    @Override
    public boolean isActivated() {
        return new ActivationReLU().equals(layer.getActivationFn());
    }

    @Override
    public void backward(INDArray upstream, PassGradients gradients) {
        List<NormalizedConvolution.Gradients> ofBranches = Arrays.stream(Branch.values())
                .map(b -> new NormalizedConvolution.Gradients(
                        gradients.ofParameter(b.parameter("W")),
                        gradients.ofParameter(b.parameter("gamma")),
                        gradients.ofParameter(b.parameter("beta"))))
                .toList();
        sum.backward(gradients.memory(upstream), gradients.wantsImage() ? gradients.ofImage() : null, ofBranches);
        for (Branch b : Branch.values()) {
            NormalizedConvolution branch = sum.branches().get(b.ordinal());
            step(b, "mean", branch.mean(), gradients);
            step(b, "var", branch.variance(), gradients);
        }
    }

    /** before - after, where after = decay * before + (1 - decay) * batch. */
    private void step(Branch b, String stem, INDArray batch, PassGradients gradients) {
        gradients
                .ofParameter(b.parameter(stem))
                .assign(parameter(b, stem).sub(batch).muli(1 - layer.getDecay()));
    }
}
