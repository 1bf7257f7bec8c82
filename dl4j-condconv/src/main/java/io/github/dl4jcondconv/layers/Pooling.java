package io.github.dl4jcondconv.layers;

import org.nd4j.autodiff.samediff.SDVariable;

/** Pooling that routers, kernel contexts and gates share. */
final class Pooling {
    private Pooling() {}

    /**
     * Mean over height and width, [N, C, H, W] to [N, C].
     *
     * @param mask null, or [N, 1, H, W] (or broadcastable to it) with 1 where the position counts
     */
    static SDVariable globalAverage(SDVariable image, SDVariable mask) {
        if (mask == null) {
            return image.mean(2, 3);
        }
        // A mask of [N, 1, 1, 1] stands for all positions: spread it before counting
        SDVariable counted = image.getSameDiff().onesLike(image).mul(mask);
        return image.mul(counted).sum(2, 3).div(counted.sum(2, 3));
    }
}
