package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;

/**
 * What a masked convolution costs by either form, in multiply-adds of a matrix product. Constants were measured on cores
 * with AVX-512 and oneDNN.
 *
 * @param window of the convolution
 * @param winograd whether the dense form is computed by Winograd's algorithm
 */
public record SparseCost(Window window, long nIn, long nOut, boolean winograd) {
    /** Copying a number to where its window is. */
    private static final double GATHER = 7;
    /** Copying a number between an image and rows. */
    private static final double MOVE = 50;
    /** Copying a number between two layouts of images. */
    private static final double REORDER = 15;
    /** A multiply-add of a direct convolution, and of one by Winograd's algorithm, which takes fewer. */
    private static final double DIRECT = 1.05;

    private static final double WINOGRAD = 0.65;

    /** Whether to compute the sampled positions only. */
    public boolean paysSparse(SampledPositions sampled, long pixels) {
        if (sampled.count() == sampled.mask().length) {
            return false;
        }
        return sparse(sampled, pixels) < dense(sampled, pixels);
    }

    private double sparse(SampledPositions sampled, long pixels) {
        double windowSize = (double) nIn * window.height() * window.width();
        double moved = (double) pixels * sampled.examples() * nIn + (double) sampled.mask().length * nOut;
        return sampled.count() * windowSize * (nOut + GATHER) + moved * MOVE;
    }

    private double dense(SampledPositions sampled, long pixels) {
        double positions = sampled.mask().length;
        double windowSize = (double) nIn * window.height() * window.width();
        double reordered = (double) pixels * sampled.examples() * nIn + positions * nOut;
        double masked = positions * nOut * 2;
        return positions * windowSize * nOut * (winograd ? WINOGRAD : DIRECT) + reordered * REORDER + masked * MOVE / 2;
    }
}
