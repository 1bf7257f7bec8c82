package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WORKSPACE;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Pooling;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.EnumMap;
import java.util.Map;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;

/** What the accelerated pooling layers share: forward and backward pass on memory in any layouts. */
final class PoolingCore {
    private final Pooling.Kind kind;

    /** Which pixels a maximum came from, of the last training pass. */
    private Memory origins;

    PoolingCore(Pooling.Kind kind) {
        this.kind = kind;
    }

    void forward(boolean training, Window window, Memory src, Memory dst, LayerWorkspaceMgr workspaces) {
        Kernel kernel = operation(window, src, dst).forward(training);
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(SRC, Reorder.to(kernel.layout(SRC), src));
        origins = null;
        if (kernel.has(WORKSPACE)) {
            Layout layout = kernel.layout(WORKSPACE);
            origins = new Memory(layout, Images.create(workspaces, ArrayType.INPUT, layout.elements()));
            arguments.put(WORKSPACE, origins);
        }
        ConvolutionPass.run(kernel, arguments, DST, dst);
    }

    void backward(Window window, Memory diffSrc, Memory diffDst) {
        Kernel kernel = operation(window, diffSrc, diffDst).backward();
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(DIFF_DST, Reorder.to(kernel.layout(DIFF_DST), diffDst));
        if (origins != null) {
            arguments.put(WORKSPACE, origins);
        }
        ConvolutionPass.run(kernel, arguments, DIFF_SRC, diffSrc);
    }

    /** In the layout of the large images if it is one block, otherwise of blocked or plain NCHW images. */
    private Pooling operation(Window window, Memory large, Memory small) {
        long[] in = large.layout().dims();
        long[] out = small.layout().dims();
        if (large.layout().equals(Layout.pixels(in))) {
            return new Pooling(kind, large.layout(), Layout.pixels(out), window);
        }
        boolean blocks = Images.canBeBlocked(in[1]);
        return new Pooling(
                kind,
                blocks ? Layout.blocked(in) : Layout.dense(in),
                blocks ? Layout.blocked(out) : Layout.dense(out),
                window);
    }

    void clear() {
        origins = null;
    }
}
