package io.github.dl4jcondconv.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Gives a configuration copies of everything that can be changed later. DL4J hands every SameDiff layer the global
 * objects themselves: a learning rate set on one would change all.
 */
final class OwnSettings {
    private OwnSettings() {}

    static void giveTo(SameDiffBlock block) {
        block.setUpdater(block.getUpdater() == null ? null : block.getUpdater().clone());
        block.setBiasUpdater(
                block.getBiasUpdater() == null ? null : block.getBiasUpdater().clone());
        giveRegularization(block);
        IDropout dropout = block.getIDropout();
        block.setIDropout(dropout == null ? null : dropout.clone());
        block.setConstraints(copiesOf(block.getConstraints()));
        block.setParamWeightInit(block.getParamWeightInit() == null ? null : new HashMap<>(block.getParamWeightInit()));
    }

    static void giveRegularization(SameDiffBlock block) {
        block.setRegularization(copies(block.getRegularization()));
        block.setRegularizationBias(copies(block.getRegularizationBias()));
    }

    /** DL4J's own clone() of a constraint forgets which parameters it is for. */
    private static List<LayerConstraint> copiesOf(List<LayerConstraint> given) {
        if (given == null) {
            return null;
        }
        List<LayerConstraint> copies = new ArrayList<>();
        for (LayerConstraint c : given) {
            LayerConstraint copy = c.clone();
            copy.setParams(new HashSet<>(c.getParams()));
            copies.add(copy);
        }
        return copies;
    }

    private static List<Regularization> copies(List<Regularization> given) {
        List<Regularization> copies = new ArrayList<>();
        if (given != null) {
            given.forEach(r -> copies.add(r.clone()));
        }
        return copies;
    }
}
