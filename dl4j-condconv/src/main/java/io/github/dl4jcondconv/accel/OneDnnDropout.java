package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import org.deeplearning4j.nn.layers.DropoutLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's dropout layer in a network that only predicts: it passes images on, blocked ones too. */
final class OneDnnDropout extends DropoutLayer {
    private final transient Placement placement;

    OneDnnDropout(DropoutLayer stock, Placement placement) {
        super(stock.conf(), stock.getDataType());
        this.placement = placement;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        placement.checkPass(training);
        return !Images.areBlocked(input) || placement.allowsBlocked(workspaces, getTrainingListeners())
                ? super.activate(training, workspaces)
                : workspaces.leverageTo(ArrayType.ACTIVATIONS, Images.plain(input, placement.format()));
    }
}
