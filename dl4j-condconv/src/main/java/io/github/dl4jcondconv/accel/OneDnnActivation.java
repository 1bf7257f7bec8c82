package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Recording;
import java.util.Map;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.ActivationLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's activation layer: rectifiers by oneDNN, other functions of single elements on blocked images. */
final class OneDnnActivation extends ActivationLayer implements OwnOutputs.Maker {
    private final transient Placement placement;
    private final transient Rectified before;
    private final transient Eltwise.Function rectifier;
    private transient boolean computed;
    private transient OwnOutput own;

    /** @param before what is all this one reads, where that may have applied a ReLU already; otherwise null */
    OneDnnActivation(ActivationLayer stock, Placement placement, Rectified before) {
        super(stock.conf(), stock.getDataType());
        this.placement = placement;
        this.before = before;
        this.rectifier = OwnActivation.rectifier(layerConf().getActivationFn());
    }

    @Override
    public void setOwnOutput(OwnOutput output) {
        own = output;
    }

    Placement placement() {
        return placement;
    }

    /** Whether it does nothing but max(0, x). */
    boolean isPlainRelu() {
        return OwnActivation.isRelu(layerConf().getActivationFn())
                && layerConf().getIDropout() == null;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        boolean blocked = Images.areBlocked(input) && placement.allowsBlocked(workspaces, getTrainingListeners());
        // Without the place in a network, its input might be the user's own array of any rank
        computed = OneDnn.isAvailable() && rectifier != null && input.dataType() == DataType.FLOAT;
        if (blocked && training && before != null && before.rectifiedOutput() == input) {
            return input;
        }
        boolean inside = Placement.staysInside(workspaces, getTrainingListeners());
        if (own != null && computed && !training && inside && blocked == Images.areBlocked(input)) {
            return own.compute(input::shape, this::rectify, input);
        }
        Recording.catchUp();
        INDArray output = computed ? rectified(workspaces) : super.activate(training, workspaces);
        return blocked || !Images.areBlocked(output)
                ? output
                : workspaces.leverageTo(ArrayType.ACTIVATIONS, Images.plain(output, placement.format()));
    }

    private INDArray rectified(LayerWorkspaceMgr workspaces) {
        INDArray output = Images.create(workspaces, ArrayType.ACTIVATIONS, input.shape());
        rectify(output);
        return output;
    }

    private void rectify(INDArray output) {
        Layout layout = Layout.dense(input.length());
        new Eltwise(rectifier, layout)
                .forward()
                .run(Map.of(SRC, new Memory(layout, Images.dense(input)), DST, new Memory(layout, output)));
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!computed || !OwnActivation.isRelu(layerConf().getActivationFn())) {
            // Also of a leaky ReLU, whose derivative at 0 is 1 in DL4J
            return super.backpropGradient(Images.like(input, epsilon, placement.format()), workspaces);
        }
        INDArray in = Images.dense(input);
        INDArray out = Images.dense(Images.like(in, epsilon, placement.format()));
        INDArray next = Images.create(workspaces, ArrayType.ACTIVATION_GRAD, in.shape());
        Layout layout = Layout.dense(in.length());
        new Eltwise(rectifier, layout)
                .backward()
                .run(Map.of(
                        SRC,
                        new Memory(layout, in),
                        DIFF_DST,
                        new Memory(layout, out),
                        DIFF_SRC,
                        new Memory(layout, next)));
        return new Pair<>(new DefaultGradient(), next);
    }

    /** A layer that has been left out is not touched: it has left the caches. */
    @Override
    public void clear() {
        if (input != null || maskArray != null) {
            super.clear();
        }
    }
}
