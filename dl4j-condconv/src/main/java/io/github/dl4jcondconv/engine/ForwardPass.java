package io.github.dl4jcondconv.engine;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a layer may use to compute a forward pass without its graph.
 *
 * <p>Kernels read {@link #image()} and write to {@link #memory} of a {@link #newOutput}: images (N, C, H, W) that lie in
 * memory as the network's format or the layers around this one have it. Other code reads {@link #input} and returns an
 * array of its own making in the network's format.
 */
public abstract sealed class ForwardPass permits TrainingPass, InferencePass {
    final Given given;
    private INDArray plainImage;
    private INDArray output;

    /**
     * What a pass starts from.
     *
     * @param inputs images among them may be blocked
     * @param blocked whether the output may be blocked
     * @param outputInRows whether the output may be rows of sampled positions
     * @param outputStays whether nothing changes the output before the backward pass
     */
    record Given(
            List<INDArray> inputs,
            Map<String, INDArray> parameters,
            boolean masked,
            CNN2DFormat format,
            boolean blocked,
            boolean outputInRows,
            boolean outputStays,
            LayerWorkspaceMgr workspaces) {}

    ForwardPass(Given given) {
        this.given = given;
    }

    /** Input {@code i}, in the network's data format. In training it stays as it is until the backward pass. */
    public INDArray input(int i) {
        if (i > 0) {
            return given.inputs.get(i);
        }
        if (plainImage == null) {
            plainImage = plain(given.inputs.get(0), given.format, given.workspaces);
        }
        return plainImage;
    }

    /** The same without blocks, in memory that stays as long as a layer's input. */
    static INDArray plain(INDArray input, CNN2DFormat format, LayerWorkspaceMgr workspaces) {
        return Images.areBlocked(input) ? workspaces.leverageTo(ArrayType.INPUT, Images.plain(input, format)) : input;
    }

    /** The data type of the layer. */
    public DataType dataType() {
        return given.inputs.get(0).dataType();
    }

    /** The shape (N, C, H, W) of input 0, images. */
    public long[] imageShape() {
        INDArray image = given.inputs.get(0);
        if (!areRows(image)) {
            return Images.shape(image, given.format);
        }
        long[] shape = Images.shape(given.inputs.get(1), given.format).clone();
        shape[1] = image.size(1);
        return shape;
    }

    /** Whether an input that may be images is rows of sampled positions instead. */
    static boolean areRows(INDArray images) {
        return images.rank() == 2;
    }

    /** Input 0, images. In training it stays as it is until the backward pass. */
    public Memory image() {
        return memory(given.inputs.get(0));
    }

    /** Input 0, images, in a layout. In training it stays as it is until the backward pass. */
    public Memory image(Layout layout) {
        Memory images = image();
        if (layout.equals(images.layout())) {
            return images;
        }
        Memory copy = new Memory(layout, kept(DataType.FLOAT, layout.elements()));
        Reorder.copy(images, copy);
        return copy;
    }

    /** A parameter or a running statistic by name. */
    public INDArray parameter(String name) {
        return given.parameters.get(name);
    }

    /** Whether the input has a mask. */
    public boolean isMasked() {
        return given.masked;
    }

    /** An array for the layer's output, of any content: in the network's format, or blocked where all readers like it. */
    public INDArray newOutput(long... nchw) {
        boolean blocked = given.blocked && Images.canBeBlocked(nchw[1]);
        return made(Images.create(given.workspaces, ArrayType.ACTIVATIONS, nchw, given.format, blocked));
    }

    /** Remembers what was made for the output. */
    final INDArray made(INDArray array) {
        output = array;
        return array;
    }

    /** Whether the output stays as it is until the backward pass: if not, the backward pass must not read it. */
    public boolean outputStays() {
        return given.outputStays;
    }

    /** Whether an array is the last one made for the output. */
    boolean hasMade(INDArray array) {
        return array == output;
    }

    /** Images that this pass was given or has made, as (N, C, H, W). */
    public Memory memory(INDArray images) {
        return Images.memory(images, given.format);
    }

    /** New memory, in C order, that in training stays until the backward pass has ended. */
    public INDArray kept(DataType type, long... shape) {
        return type == DataType.FLOAT
                ? Images.create(given.workspaces, keptIn(), shape)
                : given.workspaces.createUninitialized(keptIn(), type, shape, 'c');
    }

    abstract ArrayType keptIn();
}
