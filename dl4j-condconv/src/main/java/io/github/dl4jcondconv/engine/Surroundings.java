package io.github.dl4jcondconv.engine;

import java.util.Collection;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;

/** What the network around a layer allows its passes. */
public interface Surroundings {
    /** Of a layer in any network: images are plain, all gradients are wanted, and parameters may change. */
    Surroundings UNKNOWN = new Surroundings() {
        @Override
        public boolean allowsBlocked(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
            return false;
        }

        @Override
        public boolean allowsRows(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
            return false;
        }

        @Override
        public boolean readsRows() {
            return false;
        }

        @Override
        public boolean wantsInputGradient(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
            return true;
        }

        @Override
        public boolean keepsOutput(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
            return false;
        }

        @Override
        public boolean fixed() {
            return false;
        }
    };

    /** Whether all that will read the output of this pass takes {@link io.github.dl4jcondconv.onednn.Images blocked images}. */
    boolean allowsBlocked(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners);

    /**
     * Whether all that will read the output of this pass takes {@link SameDiffBlock#givesRows rows of sampled positions}.
     */
    boolean allowsRows(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners);

    /** Whether the layer's input may be such rows. */
    boolean readsRows();

    /** Whether anybody wants the gradient of this pass by the layer's input. */
    boolean wantsInputGradient(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners);

    /** Whether nothing changes the output of this pass before its backward pass. */
    boolean keepsOutput(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners);

    /** Whether the network only predicts any more, with the parameters that it has. */
    boolean fixed();

    /** @throws IllegalStateException if a network that only predicts is trained */
    default void checkPass(boolean training) {
        if (training && fixed()) {
            throw new IllegalStateException("this network was accelerated for inference and cannot be trained;"
                    + " read the model again and accelerate that");
        }
    }
}
