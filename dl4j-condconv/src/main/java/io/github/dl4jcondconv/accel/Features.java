package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Floats;
import io.github.dl4jcondconv.onednn.Recording;
import java.util.Collection;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The input of a network that only predicts: a copy that always lies in the same memory, which recorded kernels read. */
final class Features {
    private final OwnOutput own;
    private final RecordedPass pass;

    /**
     * @param own the copy
     * @param pass what begins when the network gets its input
     */
    Features(OwnOutput own, RecordedPass pass) {
        this.own = own;
        this.pass = pass;
    }

    /** The copy, or the features themselves where a pass does not keep its activations to itself. */
    INDArray copyOf(INDArray features, LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
        Recording.catchUp();
        pass.begin();
        if (features.dataType() != DataType.FLOAT || !Placement.staysInside(workspaces, listeners)) {
            return features;
        }
        INDArray copy = own.array(features.shape());
        Floats.copy(features, copy);
        return copy;
    }

    /** The copy has been read before, and is to be read as before. */
    void areReadAgain() {
        pass.repeatWhole();
    }
}
