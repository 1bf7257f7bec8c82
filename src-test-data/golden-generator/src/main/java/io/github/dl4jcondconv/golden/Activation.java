package io.github.dl4jcondconv.golden;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Activation functions, by their DL4J names. */
enum Activation {
    IDENTITY(x -> x),
    RELU(torch::relu),
    TANH(torch::tanh);

    private final UnaryOperator<Tensor> function;

    Activation(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    Tensor apply(Tensor preactivation) {
        return function.apply(preactivation);
    }
}
