package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;

/**
 * What the features of sampled positions cost, computed there only or everywhere, in multiply-adds of a matrix product.
 * Constants were measured on two cores with AVX-512 and oneDNN. What is done with the features costs the same.
 *
 * @param window of the convolution
 * @param winograd whether the form for all positions is computed by Winograd's algorithm
 */
public record SparseCost(Window window, long nIn, long nOut, boolean winograd) {
    /** Copying a number to where its window is. */
    private static final double GATHER = 8;
    /** Laying out a number of an image as a pixel with its channels. */
    private static final double LAY_OUT = 60;
    /** Taking a number from images that have all positions. */
    private static final double TAKE = 25;
    /** A multiply-add of a direct convolution, and copying a number between two layouts of images before and after it. */
    private static final double DIRECT = 1.05;

    private static final double REORDER = 15;
    /** The same of Winograd's algorithm, with its transforms; its weights are four times as many. */
    private static final double WINOGRAD = 0.36;

    private static final double TRANSFORM = 100;

    /** Whether to compute the sampled positions only. */
    public boolean paysSparse(SampledPositions sampled, long pixels) {
        return sampled.count() < sampled.mask().length && sparse(sampled, pixels) < dense(sampled, pixels);
    }

    private double windowSize() {
        return (double) nIn * window.height() * window.width();
    }

    private double sparse(SampledPositions sampled, long pixels) {
        double image = (double) pixels * sampled.examples() * nIn;
        return sampled.count() * windowSize() * (nOut + GATHER) + image * LAY_OUT;
    }

    private double dense(SampledPositions sampled, long pixels) {
        double positions = sampled.mask().length;
        double images = (double) pixels * sampled.examples() * nIn + positions * nOut;
        double product = positions * windowSize() * nOut;
        double convolution = winograd
                ? product * WINOGRAD + (images + 4 * windowSize() * nOut) * TRANSFORM
                : product * DIRECT + images * REORDER;
        return convolution + positions * nOut * TAKE;
    }
}
