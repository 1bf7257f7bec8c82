package io.github.dl4jcondconv.fusion;

import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * One or more vertices in a row, as one convolution of what the first of them reads.
 *
 * @param kernel what they compute
 * @param geometry where they look
 */
record Branch(KernelBias kernel, Geometry geometry) {

    /** The branch that does nothing. */
    static Branch identity(int channels) {
        return new Branch(KernelBias.identity(channels), Geometry.POINT);
    }

    /**
     * The branch of a single vertex.
     *
     * @param channels the number of channels it reads
     * @return empty if it is no convolution of its input
     */
    static Optional<Branch> of(NetworkDraft draft, String vertex, int channels) {
        if (isConvolution(draft, vertex)) {
            Geometry geometry = Geometry.of((ConvolutionLayer) draft.layer(vertex));
            return Optional.of(new Branch(LinearLayer.CONVOLUTION.read(draft, vertex), geometry));
        }
        if (Affine.is(draft, vertex)) {
            return identity(channels).then(draft, vertex);
        }
        return isBranch(draft, vertex)
                ? Optional.of(average((SubsamplingLayer) draft.layer(vertex), channels))
                : Optional.empty();
    }

    /** This branch and then one more vertex; empty if the two are not one convolution. */
    Optional<Branch> then(NetworkDraft draft, String vertex) {
        int channels = kernel.shape()[0];
        return Affine.is(draft, vertex)
                ? Optional.of(new Branch(kernel.then(Affine.of(draft, vertex, channels)), geometry))
                : of(draft, vertex, channels).flatMap(this::then);
    }

    private Optional<Branch> then(Branch next) {
        if (next.geometry.isPointwise()) {
            return Optional.of(new Branch(kernel.then(next.kernel), geometry));
        }
        // the zeros that the second pads with are not what the first makes of zeros, unless it has no bias
        return geometry.isPointwise() && (next.geometry.seesNoPadding() || kernel.hasNoBias())
                ? Optional.of(new Branch(kernel.then(next.kernel), next.geometry))
                : Optional.empty();
    }

    /** Whether a vertex can be (part of) a branch. */
    static boolean isBranch(NetworkDraft draft, String vertex) {
        return isConvolution(draft, vertex)
                || Affine.is(draft, vertex)
                || draft.isA(SubsamplingLayer.class, vertex) && isLinear((SubsamplingLayer) draft.layer(vertex));
    }

    static boolean isConvolution(NetworkDraft draft, String vertex) {
        return LinearLayer.of(draft.layer(vertex))
                .filter(LinearLayer.CONVOLUTION::equals)
                .isPresent();
    }

    /** Where DL4J divides by the number of pixels that it finds, an average is no convolution at the border. */
    private static boolean isLinear(SubsamplingLayer pool) {
        return pool.getPoolingType() == PoolingType.AVG
                && (pool.isAvgPoolIncludePadInDivisor() || Geometry.of(pool).seesNoPadding())
                && pool.getDilation()[0] == 1
                && pool.getDilation()[1] == 1;
    }

    private static Branch average(SubsamplingLayer pool, int channels) {
        int[] k = pool.getKernelSize();
        return new Branch(KernelBias.averaging(channels, k[0], k[1]), Geometry.of(pool));
    }
}
