package io.github.dl4jcondconv.accel;

import java.util.Map;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a layer computes of images, with the parameters that the layer has at the time. */
interface ImageOperator {

    /** Whether DL4J accepts images of this form. */
    boolean accepts(INDArray input);

    /**
     * The layer's output.
     *
     * @param blocked whether it may be blocked
     * @param keepsOutput whether nothing changes the output before the backward pass
     */
    INDArray activate(
            INDArray input, boolean training, LayerWorkspaceMgr workspaces, boolean blocked, boolean keepsOutput);

    /**
     * Writes the gradients by the parameters, after a training pass.
     *
     * @param gradients where they belong, by name
     * @param wanted whether the gradient by the input is
     * @return the gradient by the input, or null
     */
    INDArray backprop(
            INDArray input,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            LayerWorkspaceMgr workspaces,
            boolean wanted);

    /** Forgets the last pass. */
    void clear();
}
