package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Recording;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The activation of a layer that makes images: rectifiers by the layer's kernels, other functions after them. */
final class OutputActivation {
    private final IActivation activation;
    private final CNN2DFormat format;

    /** From the last training pass: the output of a rectifier, before the activation of other functions. */
    private INDArray kept;

    OutputActivation(IActivation activation, CNN2DFormat format) {
        this.activation = activation;
        this.format = format;
    }

    /** Whether it treats blocked images like plain ones. */
    boolean takesBlocked() {
        return OwnActivation.isElementByElement(activation);
    }

    /** Whether the layer's kernels do all of it. */
    boolean isByKernels() {
        return OwnActivation.rectifier(activation) != null || OwnActivation.isIdentity(activation);
    }

    /** What the layer's kernels do to their results. */
    PostOps postOps() {
        return OwnActivation.postOps(activation);
    }

    /**
     * The layer's output.
     *
     * @param y what its kernels made; to be overwritten
     * @param keepsOutput whether nothing changes the output before the backward pass
     */
    INDArray apply(INDArray y, boolean training, LayerWorkspaceMgr workspaces, boolean keepsOutput) {
        boolean rectified = OwnActivation.rectifier(activation) != null;
        boolean needed = training && !OwnActivation.isIdentity(activation);
        kept = needed ? rectified && keepsOutput ? y : workspaces.dup(ArrayType.INPUT, y, 'c') : null;
        if (isByKernels()) {
            return y;
        }
        Recording.catchUp();
        return activation.getActivation(y, training);
    }

    /** The gradient before the activation. */
    Memory delta(INDArray epsilon) {
        if (OwnActivation.isIdentity(activation)) {
            return Images.memory(epsilon, format);
        }
        INDArray like = Images.like(kept, epsilon, format);
        if (!OwnActivation.isRelu(activation)) {
            // Also of a leaky ReLU, whose derivative at 0 is 1 in DL4J
            return Images.memory(activation.backprop(kept.dup('c'), like).getFirst(), format);
        }
        Memory output = Images.memory(kept, format);
        Kernel kernel = new Eltwise(Eltwise.Function.RELU, output.layout()).backward();
        Memory delta = Memory.allocate(output.layout());
        kernel.run(Map.of(
                SRC, output, DIFF_DST, Reorder.to(output.layout(), Images.memory(like, format)), DIFF_SRC, delta));
        return delta;
    }

    void clear() {
        kept = null;
    }
}
