package io.github.dl4jcondconv.engine;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.autodiff.samediff.internal.SessionMemMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** SameDiff's session, keeping nothing between passes: DL4J's own keeps every intermediate array, and the id of each one it ever freed. */
final class DefinitionSession extends InferenceSession {
    DefinitionSession(SameDiff sameDiff) {
        super(sameDiff);
    }

    /** The values of the wanted variables, in memory that {@code memory} hands out. */
    Map<String, INDArray> run(
            SessionMemMgr memory, Map<String, INDArray> placeholders, List<String> wanted, Operation operation) {
        setMmgr(memory);
        try {
            return output(wanted, placeholders, null, List.of(), List.of(), At.defaultAt(operation));
        } finally {
            nodeValueOutputs.clear();
            getArrayUseTracker().clear();
            freedArrays.clear();
        }
    }
}
