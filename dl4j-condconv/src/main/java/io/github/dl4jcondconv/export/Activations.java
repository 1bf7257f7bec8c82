package io.github.dl4jcondconv.export;

import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Writers of DL4J's activation functions. */
final class Activations {
    private Activations() {}

    static void addTo(WriterTable table) {
        table.addUnary(ActivationIdentity.class, (function, x, scope) -> x);
        table.addUnary(ActivationReLU6.class, ActivationWriters::relu6);
        table.addUnary(ActivationHardTanH.class, ActivationWriters::hardTanh);
        table.addUnary(ActivationHardSigmoid.class, ActivationWriters::hardSigmoid);
        table.addUnary(ActivationCube.class, ActivationWriters::cube);
        table.addUnary(ActivationRectifiedTanh.class, ActivationWriters::rectifiedTanh);
        table.addUnary(ActivationRationalTanh.class, ActivationWriters::rationalTanh);
        table.addUnary(ActivationSwish.class, ActivationWriters::swish);
        table.addUnary(ActivationMish.class, ActivationWriters::mish);
        table.addOperator(ActivationSELU.class, OnnxOp.SELU);
        table.addOperator(ActivationSigmoid.class, OnnxOp.SIGMOID);
        table.addOperator(ActivationSoftPlus.class, OnnxOp.SOFTPLUS);
        table.addOperator(ActivationSoftSign.class, OnnxOp.SOFTSIGN);
        table.addOperator(ActivationTanH.class, OnnxOp.TANH);
        table.addUnary(ActivationReLU.class, ActivationWriters::relu);
        table.addUnary(ActivationRReLU.class, ActivationWriters::randomizedRelu);
        table.addUnary(ActivationLReLU.class, ActivationWriters::leakyRelu);
        table.addUnary(ActivationELU.class, ActivationWriters::elu);
        table.addUnary(ActivationThresholdedReLU.class, ActivationWriters::thresholdedRelu);
        table.addUnary(ActivationGELU.class, ActivationWriters::gelu);
        table.addUnary(ActivationSoftmax.class, ActivationWriters::softmax);
    }
}
