package io.github.dl4jcondconv.engine;

import org.deeplearning4j.nn.workspace.ArrayType;

/** What {@link SameDiffBlock#train} may use to compute a training pass without the layer's graph. */
public final class TrainingPass extends ForwardPass {
    TrainingPass(Given given) {
        super(given);
    }

    @Override
    ArrayType keptIn() {
        return ArrayType.ACTIVATIONS;
    }
}
