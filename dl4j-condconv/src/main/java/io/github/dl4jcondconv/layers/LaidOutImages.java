package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.ChannelValues;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * For oneDNN.
 *
 * @param blocked whether in blocks of channels, or channel by channel without gaps
 */
record LaidOutImages(ForwardPass pass, boolean blocked) implements ImageForm<Memory> {
    private Layout layout(Memory images) {
        long[] dims = images.layout().dims();
        return blocked ? Layout.blocked(dims) : Layout.dense(dims);
    }

    @Override
    public Memory input() {
        return pass.image(layout(pass.image()));
    }

    @Override
    public Memory upstream(INDArray upstream, PassGradients gradients) {
        Memory given = gradients.memory(upstream);
        return Reorder.to(layout(given), given);
    }

    @Override
    public void write(INDArray output, Consumer<Memory> kernels) {
        write(pass.memory(output), kernels);
    }

    @Override
    public void writeGradient(PassGradients gradients, Consumer<Memory> kernels) {
        write(gradients.ofImage(), kernels);
    }

    private void write(Memory target, Consumer<Memory> kernels) {
        Layout layout = layout(target);
        Memory images = layout.equals(target.layout()) ? target : Memory.allocate(layout);
        kernels.accept(images);
        if (images != target) {
            Reorder.copy(images, target);
        }
    }

    @Override
    public void sums(Memory images, float factor, INDArray sums) {
        sums.assign(ChannelValues.sums(images).muli(factor));
    }

    @Override
    public void add(INDArray values, float factor, Memory images) {
        ChannelValues.add(values.muli(factor), images);
    }
}
