package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.ChannelValues;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** For oneDNN: in blocks of channels. */
record BlockedImages(ForwardPass pass) implements ImageForm<Memory> {
    @Override
    public Memory input() {
        return pass.imageInBlocks();
    }

    @Override
    public Memory upstream(INDArray upstream, PassGradients gradients) {
        Memory given = gradients.memory(upstream);
        return Reorder.to(Layout.blocked(given.layout().dims()), given);
    }

    @Override
    public void write(INDArray output, Consumer<Memory> kernels) {
        write(pass.memory(output), kernels);
    }

    @Override
    public void writeGradient(PassGradients gradients, Consumer<Memory> kernels) {
        write(gradients.ofImage(), kernels);
    }

    private static void write(Memory target, Consumer<Memory> kernels) {
        Memory images = Images.inBlocks(target);
        kernels.accept(images);
        if (images != target) {
            Reorder.copy(images, target);
        }
    }

    @Override
    public INDArray sums(Memory images) {
        return ChannelValues.sums(images);
    }

    @Override
    public void add(INDArray values, Memory images) {
        ChannelValues.add(values, images);
    }
}
