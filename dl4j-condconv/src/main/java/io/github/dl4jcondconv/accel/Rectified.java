package io.github.dl4jcondconv.accel;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer or vertex that can apply the ReLU that follows it as well. */
interface Rectified {
    /** An output that a ReLU has been applied to already; null if the last pass made none. */
    INDArray rectifiedOutput();
}
