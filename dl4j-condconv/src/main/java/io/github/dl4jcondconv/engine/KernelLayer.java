package io.github.dl4jcondconv.engine;

import org.deeplearning4j.nn.conf.CNN2DFormat;

/** A layer of this library inside a network, as the acceleration of networks sees it. */
public interface KernelLayer {

    /** Whether the layer has kernels for images that lie in memory as oneDNN likes them best. */
    boolean hasImageKernels();

    /** Whether the layer may give {@link SameDiffBlock#givesRows rows of sampled positions}. */
    boolean givesRows();

    /** Whether the layer takes them. */
    boolean takesRows();

    /** The format of the images that the layer reads and makes as long as they are plain. */
    CNN2DFormat imageFormat();

    /** Sets what the layer may do from now on. */
    void setSurroundings(Surroundings surroundings);
}
