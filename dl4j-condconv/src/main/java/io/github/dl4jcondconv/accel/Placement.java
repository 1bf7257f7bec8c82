package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.engine.Surroundings;
import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.Arrays;
import java.util.Collection;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * What a layer's place in its network allows.
 *
 * @param blocked whether all that reads the layer's output takes blocked images
 * @param rows whether all that reads it takes rows of sampled positions
 * @param readsRows whether the layer's input may be such rows
 * @param reluFollows whether a ReLU is all that reads the output
 * @param changedLater whether what reads the output may write to it
 * @param first whether nobody wants the gradient by the layer's input while the network is fitted
 * @param fixed whether the network only predicts any more, with the parameters that it has
 * @param format of the network's plain images
 */
record Placement(
        boolean blocked,
        boolean rows,
        boolean readsRows,
        boolean reluFollows,
        boolean changedLater,
        boolean first,
        boolean fixed,
        CNN2DFormat format)
        implements Surroundings {
    private static final ClassValue<Boolean> READS_ACTIVATIONS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> listener) {
            return Arrays.stream(listener.getMethods())
                    .filter(method -> method.getName().equals("onForwardPass")
                            && method.getParameterCount() == 2
                            && method.getParameterTypes()[0] == Model.class)
                    .anyMatch(method -> method.getDeclaringClass() != BaseTrainingListener.class);
        }
    };

    /**
     * Whether a pass may keep an output blocked: where DL4J itself keeps it in a workspace for the rest of the pass, so
     * that nobody outside the network gets it, and no listener wants to see it.
     */
    @Override
    public boolean allowsBlocked(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
        return blocked && staysInside(workspaces, listeners);
    }

    @Override
    public boolean allowsRows(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
        return rows && staysInside(workspaces, listeners);
    }

    @Override
    public boolean keepsOutput(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
        return !changedLater && staysInside(workspaces, listeners);
    }

    @Override
    public boolean wantsInputGradient(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
        return !(first && staysInside(workspaces, listeners));
    }

    /** Whether a pass keeps its activations to itself. */
    static boolean staysInside(LayerWorkspaceMgr workspaces, Collection<TrainingListener> listeners) {
        return OneDnn.isAvailable()
                && !workspaces.isScopedOut(ArrayType.ACTIVATIONS)
                && isDl4jsOwn(workspaces.getWorkspaceName(ArrayType.ACTIVATIONS))
                && (listeners == null
                        || listeners.isEmpty()
                        || listeners.stream().noneMatch(l -> READS_ACTIVATIONS.get(l.getClass())));
    }

    private static boolean isDl4jsOwn(String workspace) {
        return workspace != null && (workspace.equals("WS_ALL_LAYERS_ACT") || workspace.startsWith("WS_LAYER_ACT_"));
    }
}
