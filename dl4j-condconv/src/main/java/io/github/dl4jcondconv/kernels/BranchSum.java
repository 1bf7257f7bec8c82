package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.kernels.NormalizedConvolution.Branch;
import io.github.dl4jcondconv.kernels.NormalizedConvolution.Gradients;
import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The sum of several {@link NormalizedConvolution}s of one batch, perhaps with max(0, .) after it, and its gradients.
 * Images stay in oneDNN's layout from the first convolution to the sum. Images outside are [N, channels, H, W] in memory
 * as they like, also views of NHWC; all arrays are FLOAT.
 */
public final class BranchSum {
    private final List<NormalizedConvolution> branches = new ArrayList<>();
    private final Memory sum;
    private final boolean relu;

    /**
     * Computes y.
     *
     * @param y to be overwritten
     * @param keep makes arrays that stay until the backward pass
     */
    public BranchSum(Memory x, List<Branch> branches, boolean relu, Memory y, Function<long[], INDArray> keep) {
        this.relu = relu;
        Memory images = x;
        for (Branch branch : branches) {
            NormalizedConvolution convolution =
                    new NormalizedConvolution(branch, images, y.layout().dims(), keep);
            this.branches.add(convolution);
            images = convolution.images();
        }
        sum = sum(keep);
        if (relu) {
            Memory flat = flat(sum);
            eltwise(flat).forward().run(Map.of(Argument.SRC, flat, Argument.DST, flat));
        }
        Reorder.copy(sum, y);
    }

    private Memory sum(Function<long[], INDArray> keep) {
        Memory total = branches.get(0).normalized(keep);
        for (NormalizedConvolution branch : branches.subList(1, branches.size())) {
            added(total, branch.normalized(shape -> Nd4j.createUninitialized(DataType.FLOAT, shape)));
        }
        return total;
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
        Memory total = null;
        for (int i = 0; i < branches.size(); i++) {
            Memory dConvolved = branches.get(i).backward(dSum, gradients.get(i));
            total = dx == null ? null : added(total, branches.get(i).backwardData(dConvolved));
        }
        if (dx != null) {
            Reorder.copy(total, dx);
        }
    }

    private Memory beforeActivation(Memory upstream) {
        Memory given = Memory.allocate(sum.layout());
        Reorder.copy(upstream, given);
        if (relu) {
            Memory flat = flat(given);
            eltwise(flat)
                    .backward()
                    .run(Map.of(Argument.SRC, flat(sum), Argument.DIFF_DST, flat, Argument.DIFF_SRC, flat));
        }
        return given;
    }

    private static Eltwise eltwise(Memory flat) {
        return new Eltwise(Eltwise.Function.RELU, flat.layout());
    }

    /** The elements in memory one after the other. */
    private static Memory flat(Memory memory) {
        return new Memory(Layout.dense(memory.array().length()), memory.array());
    }

    private static Memory added(Memory total, Memory summand) {
        if (total == null) {
            return summand;
        }
        total.array().addi(Reorder.to(total.layout(), summand).array());
        return total;
    }
}
