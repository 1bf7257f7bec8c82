package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.PlaneValues;
import io.github.dl4jcondconv.onednn.Images;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** For BLAS: arrays [N, channels, H, W] in C order without gaps. */
record PlainImages(ImageBlock layer, ForwardPass pass) implements ImageForm<INDArray> {
    @Override
    public INDArray input() {
        INDArray given = layer.toNCHW(pass.input(0));
        return Images.isDense(given)
                ? given
                : pass.kept(DataType.FLOAT, given.shape()).assign(given);
    }

    @Override
    public INDArray upstream(INDArray upstream, PassGradients gradients) {
        return Images.dense(layer.toNCHW(upstream));
    }

    @Override
    public void write(INDArray output, Consumer<INDArray> kernels) {
        INDArray target = layer.toNCHW(output);
        INDArray images = Images.isDense(target) ? target : target.ulike();
        kernels.accept(images);
        if (images != target) {
            target.assign(images);
        }
    }

    @Override
    public void writeGradient(PassGradients gradients, Consumer<INDArray> kernels) {
        write(gradients.ofInput(0), kernels);
    }

    @Override
    public void sums(INDArray images, float factor, INDArray sums) {
        PlaneValues.sum(images, factor, sums);
    }

    @Override
    public void add(INDArray values, float factor, INDArray images) {
        PlaneValues.add(values, factor, images);
    }
}
