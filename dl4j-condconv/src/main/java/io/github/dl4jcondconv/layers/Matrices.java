package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import org.nd4j.autodiff.samediff.SDVariable;

/** Matrix products of a batch of vectors. */
final class Matrices {
    private Matrices() {}

    /** x . W + b, with the parameters {@code stem + "W"} [F, G] and {@code stem + "b"} [G]. */
    static SDVariable affine(BlockGraph graph, SDVariable x, String stem) {
        SDVariable w = graph.parameter(stem + "W");
        return product(x, w, w.getShape()).add(graph.parameter(stem + "b"));
    }

    /**
     * x [N, F] times a matrix [F, G]. Works around libnd4j M2.1, whose matmul_bp fails where N, F and G are all 1.
     *
     * @param shape F and G
     */
    static SDVariable product(SDVariable x, SDVariable matrix, long... shape) {
        return shape[0] == 1 && shape[1] == 1 ? x.mul(matrix.reshape(1)) : x.mmul(matrix);
    }
}
