package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;

import io.github.dl4jcondconv.kernels.NormalizedConvolution.Branch;
import io.github.dl4jcondconv.kernels.NormalizedConvolution.Gradients;
import io.github.dl4jcondconv.onednn.Binary;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The sum of three {@link NormalizedConvolution}s of one batch, perhaps with max(0, .) after it, and its gradients. Images
 * are (N, channels, H, W) in memory as they like; between the first convolution and the sum they stay blocked.
 */
public final class BranchSum {
    private final List<NormalizedConvolution> branches = new ArrayList<>();
    private final boolean relu;

    /** The result in blocks; with a ReLU, the backward pass reads it. */
    private final Memory result;

    /**
     * Where the result goes.
     *
     * @param y to be overwritten
     * @param stays whether y is the same at the backward pass
     * @param relu whether max(0, .) follows the sum
     */
    public record Output(Memory y, boolean stays, boolean relu) {}

    /**
     * Computes y.
     *
     * @param x stays until the backward pass
     * @param branches three of them
     * @param keep makes arrays that stay until the backward pass
     */
    public BranchSum(Memory x, List<Branch> branches, Output output, Function<long[], INDArray> keep) {
        relu = output.relu;
        Memory y = output.y;
        Memory images = x;
        for (Branch branch : branches) {
            NormalizedConvolution convolution =
                    new NormalizedConvolution(branch, images, y.layout().dims(), keep);
            this.branches.add(convolution);
            images = convolution.images();
        }
        Layout blocked = Layout.blocked(y.layout().dims());
        boolean inPlace = blocked.equals(y.layout()) && (output.stays || !relu);
        result = inPlace ? y : new Memory(blocked, keep.apply(new long[] {blocked.elements()}));
        this.branches.get(0).normalize(result);
        Memory second = this.branches.get(1).normalize(Memory.allocate(blocked));
        Memory third = this.branches.get(2).normalize(Memory.allocate(blocked));
        // result = relu(result + second + third), in one pass over memory
        new Binary(Binary.Operation.ADD, blocked, blocked)
                .kernel(new PostOps(true, relu ? Eltwise.Function.RELU : null))
                .run(Map.of(SRC, second, SRC_1, third, DST, result));
        if (!inPlace) {
            Reorder.copy(result, y);
        }
    }

    /** The branches, for the statistics of the batch. */
    public List<NormalizedConvolution> branches() {
        return branches;
    }

    /**
     * Computes the gradients.
     *
     * @param upstream gradient of y
     * @param dx to be overwritten, or null if nobody wants it
     * @param gradients of each branch's parameters
     */
    public void backward(Memory upstream, Memory dx, List<Gradients> gradients) {
        Memory dSum = beforeActivation(upstream);
        Memory dConvolved = Memory.allocate(result.layout());
        Memory total = dx == null ? null : Images.inBlocks(dx);
        for (int i = 0; i < branches.size(); i++) {
            branches.get(i).backward(dSum, dConvolved, gradients.get(i));
            if (dx != null) {
                branches.get(i).backwardData(dConvolved, total, i > 0);
            }
        }
        if (total != dx) {
            Reorder.copy(total, dx);
        }
    }

    private Memory beforeActivation(Memory upstream) {
        Memory given = Reorder.to(result.layout(), upstream);
        if (!relu) {
            return given;
        }
        Memory before = Memory.allocate(result.layout());
        new Eltwise(Eltwise.Function.RELU, result.layout())
                .backward()
                .run(Map.of(SRC, result, DIFF_DST, given, DIFF_SRC, before));
        return before;
    }
}
