package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.engine.KernelLayer;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.nd4j.linalg.api.buffer.DataType;

/** The layers of this library: they compute on oneDNN by themselves, acceleration tells them where they are. */
final class OwnLayers {
    private OwnLayers() {}

    /** Why a layer takes no part in the network's blocked images, or null if it does. */
    static String whyNot(Layer layer) {
        SameDiffBlock conf = (SameDiffBlock) layer.conf().getLayer();
        DataType type = ((AbstractLayer<?>) layer).getDataType();
        if (!((KernelLayer) layer).hasImageKernels()) {
            return "no image kernels for this " + conf.getClass().getSimpleName();
        }
        if (type != DataType.FLOAT) {
            return "data type " + type;
        }
        return OwnActivation.isElementByElement(conf.getActivationFn())
                ? null
                : "activation " + conf.getActivationFn() + " is not one of single elements";
    }
}
