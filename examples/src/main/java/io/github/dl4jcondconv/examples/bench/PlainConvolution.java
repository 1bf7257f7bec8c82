package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's operations {@code conv2d} and {@code conv2d_bp}, one kernel for the whole batch: what a dense layer costs. */
final class PlainConvolution {
    private final INDArray image;
    private final INDArray upstream;
    private final INDArray kernel;
    private final INDArray output;
    private final INDArray imageGradient;
    private final INDArray kernelGradient;
    private final int[] arguments;

    PlainConvolution(INDArray image, INDArray upstream, int kernelSize) {
        this.image = image;
        this.upstream = upstream;
        kernel = Nd4j.randn(kernelSize, kernelSize, image.size(1), upstream.size(1));
        output = upstream.ulike();
        imageGradient = image.ulike();
        kernelGradient = kernel.ulike();
        int padding = kernelSize / 2;
        // kernel, stride, padding, dilation, VALID, NCHW, kernels [h, w, in, out]
        arguments = new int[] {kernelSize, kernelSize, 1, 1, padding, padding, 1, 1, 0, 0, 0};
    }

    void forwardAndBackward() {
        execute("conv2d", List.of(image, kernel), output);
        execute("conv2d_bp", List.of(image, kernel, upstream), imageGradient, kernelGradient);
    }

    private void execute(String operation, List<INDArray> inputs, INDArray... outputs) {
        Nd4j.exec(DynamicCustomOp.builder(operation)
                .addInputs(inputs.toArray(INDArray[]::new))
                .addOutputs(outputs)
                .addIntegerArguments(arguments)
                .build());
    }
}
