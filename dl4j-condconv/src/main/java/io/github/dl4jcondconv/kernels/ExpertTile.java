package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Some output or input channels of all experts [E, nOut, nIn, kH, kW] as the rows of a matrix [E, L], each row a kernel
 * in the layout of a grouped convolution. Mixing and its gradients are products with that matrix.
 */
final class ExpertTile {
    private final Layout kernels;
    private final INDArrayIndex[] place;
    private final INDArray matrix;

    private ExpertTile(INDArray experts, INDArrayIndex[] place, Layout kernels) {
        this.kernels = kernels;
        this.place = place;
        Layout layout = kernels.withFirst(experts.size(0));
        Memory ordered = Reorder.to(layout, Memory.of(filledUp(experts.get(place), layout.dims())));
        matrix = matrix(ordered, experts.size(0));
    }

    /**
     * Output channels from {@code from} on.
     *
     * @param kernels the layout of [N, outputs, nIn, kH, kW], both filled up with zeros to whole blocks
     */
    static ExpertTile ofOutputs(INDArray experts, long from, long outputs, Layout kernels) {
        return new ExpertTile(experts, place(interval(from, outputs, experts.size(1)), NDArrayIndex.all()), kernels);
    }

    /** Input channels from {@code from} on. */
    static ExpertTile ofInputs(INDArray experts, long from, long inputs, Layout kernels) {
        return new ExpertTile(experts, place(NDArrayIndex.all(), interval(from, inputs, experts.size(2))), kernels);
    }

    private static INDArrayIndex interval(long from, long length, long end) {
        return NDArrayIndex.interval(from, Math.min(from + length, end));
    }

    private static INDArrayIndex[] place(INDArrayIndex outputs, INDArrayIndex inputs) {
        return new INDArrayIndex[] {NDArrayIndex.all(), outputs, inputs, NDArrayIndex.all(), NDArrayIndex.all()};
    }

    /** Mixed kernels a . W for weights [N, E]. */
    Memory mixed(INDArray weights) {
        Memory mixed = Memory.allocate(kernels);
        Gemm.multiply(weights, matrix, matrix(mixed, weights.size(0)));
        return mixed;
    }

    /** Adds dK . W^T. */
    ExpertTile addGradientOfWeights(Memory dKernels, INDArray dWeights) {
        Gemm.multiplyAndAdd(matrix(dKernels, dWeights.size(0)), matrix.transpose(), dWeights);
        return this;
    }

    /** Writes a^T . dK to this tile's place in the gradient of all experts. */
    void storeGradient(Memory dKernels, INDArray weights, INDArray dExperts) {
        Memory ordered = Memory.allocate(kernels.withFirst(weights.size(1)));
        Gemm.multiply(weights.transpose(), matrix(dKernels, weights.size(0)), matrix(ordered, weights.size(1)));
        INDArray target = dExperts.get(place);
        long[] dims = ordered.layout().dims();
        if (isWhole(target, dims)) {
            Reorder.copy(ordered, Memory.of(target));
        } else {
            INDArray padded = Nd4j.createUninitialized(DataType.FLOAT, dims);
            Reorder.copy(ordered, Memory.of(padded));
            target.assign(part(padded, target));
        }
    }

    private static INDArray filledUp(INDArray part, long[] dims) {
        if (isWhole(part, dims)) {
            return part;
        }
        INDArray padded = Nd4j.create(DataType.FLOAT, dims);
        part(padded, part).assign(part);
        return padded;
    }

    private static boolean isWhole(INDArray part, long[] dims) {
        return part.size(1) == dims[1] && part.size(2) == dims[2];
    }

    private static INDArray part(INDArray padded, INDArray part) {
        return padded.get(place(NDArrayIndex.interval(0, part.size(1)), NDArrayIndex.interval(0, part.size(2))));
    }

    private static INDArray matrix(Memory kernels, long rows) {
        return kernels.array().reshape('c', rows, kernels.layout().elements() / rows);
    }
}
