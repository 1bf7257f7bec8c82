package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.PostOps;
import java.util.Set;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** What oneDNN does of an activation function. */
final class OwnActivation {
    /** Functions of each element alone, without parameters or state. */
    private static final Set<Class<? extends IActivation>> ELEMENT_BY_ELEMENT = Set.of(
            ActivationCube.class,
            ActivationELU.class,
            ActivationGELU.class,
            ActivationHardSigmoid.class,
            ActivationHardTanH.class,
            ActivationIdentity.class,
            ActivationLReLU.class,
            ActivationMish.class,
            ActivationRationalTanh.class,
            ActivationReLU.class,
            ActivationReLU6.class,
            ActivationRectifiedTanh.class,
            ActivationSELU.class,
            ActivationSigmoid.class,
            ActivationSoftPlus.class,
            ActivationSoftSign.class,
            ActivationSwish.class,
            ActivationTanH.class,
            ActivationThresholdedReLU.class);

    private OwnActivation() {}

    static boolean isIdentity(IActivation activation) {
        return activation.getClass() == ActivationIdentity.class;
    }

    static boolean isRelu(IActivation activation) {
        return activation.getClass() == ActivationReLU.class;
    }

    /** Whether it treats blocked images like plain ones. */
    static boolean isElementByElement(IActivation activation) {
        return ELEMENT_BY_ELEMENT.contains(activation.getClass());
    }

    /** oneDNN's form of a rectifier, whose derivative can be told from its result; null of other functions. */
    static Eltwise.Function rectifier(IActivation activation) {
        if (isRelu(activation)) {
            return Eltwise.Function.RELU;
        }
        return activation instanceof ActivationLReLU leaky && leaky.getAlpha() > 0
                ? Eltwise.Function.leakyRelu(leaky.getAlpha())
                : null;
    }

    /** What a kernel does to its results by itself. */
    static PostOps postOps(IActivation activation) {
        Eltwise.Function rectifier = rectifier(activation);
        return rectifier == null ? PostOps.NONE : PostOps.of(rectifier);
    }
}
