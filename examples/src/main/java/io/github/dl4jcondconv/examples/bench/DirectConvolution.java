package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * ReLU(x * W + b) with nine products for each window of 3x3 and no Winograd: with it, times relative to the dense layer turn
 * into those relative to a dense layer that multiplies as a sampled convolution does.
 */
final class DirectConvolution implements Contender {
    private static final Window WINDOW = new Window(3, 3, 1, 1, 1, 1, 1, 1);

    private final Memory images;
    private final Memory answer;
    private final Kernel kernel;
    private final Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);

    /**
     * @param images [N, nIn, H, W]
     * @param weights [nOut, nIn, 3, 3]
     * @param bias [1, nOut]
     */
    DirectConvolution(INDArray images, INDArray weights, INDArray bias) {
        this.images = Memory.of(images);
        long[] in = images.shape();
        long[] out = {in[0], weights.size(0), in[2], in[3]};
        answer = Memory.allocate(Layout.dense(out));
        kernel = new Convolution(
                        Layout.blocked(in),
                        Layout.any(weights.shape()),
                        true,
                        Layout.blocked(out),
                        WINDOW,
                        Convolution.Algorithm.DIRECT)
                .forward(false, PostOps.of(Eltwise.Function.RELU));
        arguments.put(Argument.SRC, Memory.allocate(kernel.layout(Argument.SRC)));
        arguments.put(Argument.WEIGHTS, Reorder.to(kernel.layout(Argument.WEIGHTS), weights));
        arguments.put(Argument.BIAS, Memory.of(bias.dup().reshape(bias.length())));
        arguments.put(Argument.DST, Memory.allocate(kernel.layout(Argument.DST)));
    }

    @Override
    public List<INDArray> outcome() {
        run();
        return List.of(answer.array());
    }

    @Override
    public void run() {
        Reorder.copy(images, arguments.get(Argument.SRC));
        kernel.run(arguments);
        Reorder.copy(arguments.get(Argument.DST), answer);
    }
}
