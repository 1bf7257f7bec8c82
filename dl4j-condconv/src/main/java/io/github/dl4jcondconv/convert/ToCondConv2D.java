package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.Routing;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every expert is the convolution, over the sum of the routing weights. */
record ToCondConv2D(Supplier<CondConv2D.Builder> template) implements Target {

    static ToCondConv2D of(Supplier<CondConv2D.Builder> template) {
        if (template.get().kernelSize(3).nOut(1).build().getRouting().function() == Routing.Function.SHARED) {
            throw new IllegalArgumentException(
                    "Convert: routing is SHARED, allowed: SIGMOID or SOFTMAX, since every convolution gets its own router");
        }
        return new ToCondConv2D(template);
    }

    @Override
    public Optional<String> objection(ConvolutionLayer convolution, boolean usersChoice) {
        return Optional.empty();
    }

    /** A bias stays one: mixed if the builder asks for mixed biases, else static. */
    @Override
    public CondConv2D layer(Original original) {
        CondConv2D layer = original.like(template.get())
                .weightInit(original.layer().getWeightInitFn())
                .build();
        boolean bias = original.layer().hasBias();
        layer.setStaticBias(bias && !layer.isHasBias());
        layer.setHasBias(bias && layer.isHasBias());
        return layer;
    }

    @Override
    public void keep(Original original, Convolution2DBlock block, Map<String, INDArray> parameters) {
        CondConv2D layer = (CondConv2D) block;
        double sum = 1;
        if (layer.getRouting().function() == Routing.Function.SIGMOID) {
            sum = Gates.balance(parameters.get("routingW"), parameters.get("routingb"), layer.getNumExperts());
        }
        for (int expert = 0; expert < layer.getNumExperts(); expert++) {
            parameters.get("W").slice(expert).assign(original.kernel().div(sum));
            if (layer.isHasBias()) {
                parameters.get("b").slice(expert).assign(original.bias().div(sum));
            }
        }
        if (layer.isStaticBias()) {
            parameters.get("bs").assign(original.bias());
        }
    }

    @Override
    public String kept() {
        return "in every expert";
    }
}
