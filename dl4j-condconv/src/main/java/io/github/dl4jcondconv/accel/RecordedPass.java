package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Recording;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;

/**
 * Passes through a network that only predicts and computes all but its answer in memory of its own. Once every layer has
 * repeated what it did before, the next passes repeat that as a whole: layers only hand their arrays on. What a layer needs
 * to know else has left the caches since the last pass, and takes long to fetch.
 */
final class RecordedPass {
    private final ComputationGraph graph;
    private final List<OwnOutput> outputs = new ArrayList<>();

    /** How many outputs have been repeated in the pass under way. */
    private int repeated;

    /** What all of them take; null until they are repeated, and once one was not. */
    private Recording whole;

    private boolean isWhole;

    RecordedPass(ComputationGraph graph) {
        this.graph = graph;
    }

    /** @param output of the next layer in the order of computation */
    void add(OwnOutput output) {
        outputs.add(output);
        output.join(this);
    }

    /** Before anything else in a pass. */
    void begin() {
        if (whole == null && repeated == outputs.size()) {
            whole = Recording.join(
                    outputs.stream().flatMap(OwnOutput::recording).toList());
        }
        repeated = 0;
        isWhole = false;
    }

    /** When the features are where the first layer has read them before. */
    void repeatWhole() {
        if (whole != null && whole.isForThisThread() && graph.getInputMaskArrays() == null) {
            whole.repeatLater();
            isWhole = true;
        }
    }

    /** Whether the pass under way is repeated as a whole, and an output need not leave the network. */
    boolean includes(OwnOutput output, LayerWorkspaceMgr workspaces) {
        if (isWhole && !Placement.staysInside(workspaces, List.of())) {
            endBefore(output);
        }
        return isWhole;
    }

    /** Whether the pass under way is repeated as a whole, as far as it is known. */
    boolean isWhole() {
        return isWhole;
    }

    /** An output that was repeated by itself. */
    void countRepeated() {
        repeated++;
    }

    /** An output that has been computed anew. */
    void forget() {
        whole = null;
        isWhole = false;
    }

    private void endBefore(OwnOutput output) {
        isWhole = false;
        whole.doNotRepeat();
        outputs.subList(0, outputs.indexOf(output)).forEach(OwnOutput::again);
    }
}
