package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every gate of a kernel's entry has that entry, over the sum of its gates. */
record ToWeightNetConv2D(Supplier<WeightNetConv2D.Builder> template) implements Target {

    static ToWeightNetConv2D of(Supplier<WeightNetConv2D.Builder> template) {
        if (template.get().kernelSize(3).nOut(1).build().isSharedContext()) {
            throw new IllegalArgumentException(
                    "Convert: sharedContext is true, allowed: false, since every convolution gets its own context");
        }
        return new ToWeightNetConv2D(template);
    }

    @Override
    public Optional<String> objection(ConvolutionLayer convolution, boolean usersChoice) {
        int g = template.get().kernelSize(3).nOut(1).build().getG();
        int[] k = convolution.getKernelSize();
        long filter = convolution.getNIn() * k[0] * k[1];
        return filter % g == 0
                ? Optional.empty()
                : Optional.of("filters of nIn * kH * kW = " + filter + " weights, which g = " + g + " does not divide");
    }

    @Override
    public WeightNetConv2D layer(Original original) {
        return original.like(template.get())
                .staticBias(original.layer().hasBias())
                .build();
    }

    @Override
    public void keep(Original original, Convolution2DBlock block, Map<String, INDArray> parameters) {
        INDArray entries = parameters.get("fc2W");
        double sum = Gates.balance(parameters.get("fc1W"), parameters.get("fc1b"), (int) entries.size(1));
        INDArray entry = original.kernel().dup('c').reshape(entries.size(0)).div(sum);
        for (int gate = 0; gate < entries.size(1); gate++) {
            entries.getColumn(gate).assign(entry);
        }
        if (original.layer().hasBias()) {
            parameters.get("bs").assign(original.bias());
        }
    }

    @Override
    public String kept() {
        return "in every gate's kernel";
    }
}
