package io.github.dl4jcondconv.accel;

import java.util.Collection;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.Solver;
import org.deeplearning4j.optimize.api.ConvexOptimizer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.deeplearning4j.optimize.solvers.StochasticGradientDescent;
import org.deeplearning4j.optimize.stepfunctions.NegativeGradientStepFunction;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's gradient descent with DL4J's updater, which lets a {@link FusedUpdate} do the work where that covers it. */
final class FusedDescent extends StochasticGradientDescent {
    private final Step fusedStep;
    private BaseMultiLayerUpdater<?> planned;
    private FusedUpdate plan;

    private FusedDescent(BaseOptimizer stock, Step fusedStep, Collection<TrainingListener> listeners, Model network) {
        super(stock.getConf(), fusedStep, listeners, network);
        this.fusedStep = fusedStep;
        setBatchSize(stock.batchSize());
        setGradientsAccumulator(stock.getGradientsAccumulator());
        setUpdater(stock.getUpdater(false));
        setUpdaterComputationGraph(stock.getComputationGraphUpdater(false));
    }

    /** Replaces the optimizer of a network's solver, where it is DL4J's gradient descent. */
    static void install(Solver solver, Collection<TrainingListener> listeners, Model network) {
        ConvexOptimizer stock = solver.getOptimizer();
        if (stock instanceof StochasticGradientDescent descent
                && descent.getClass() == StochasticGradientDescent.class
                && descent.getStepFunction().getClass() == NegativeGradientStepFunction.class) {
            FusedDescent fused = new FusedDescent(descent, new Step(), listeners, network);
            Internals.set(Solver.class, "optimizer", solver, fused);
        }
    }

    @Override
    public void updateGradientAccordingToParams(
            Gradient gradient, Model network, int batchSize, LayerWorkspaceMgr workspaces) {
        if (accumulator == null
                && updaterOf(network) instanceof BaseMultiLayerUpdater<?> updater
                && plan(updater, network.params(), gradient.gradient())) {
            update(network, batchSize, workspaces);
            fusedStep.taken = true;
        } else {
            super.updateGradientAccordingToParams(gradient, network, batchSize, workspaces);
        }
    }

    private Updater updaterOf(Model network) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return network instanceof ComputationGraph ? getComputationGraphUpdater() : getUpdater();
        }
    }

    /** Whether there is a plan for what the updater does now: the last one, a new one, or none where it is not covered. */
    private boolean plan(BaseMultiLayerUpdater<?> updater, INDArray params, INDArray gradients) {
        if (planned == updater && plan.fits(updater, params, gradients)) {
            return true;
        }
        planned = null;
        if (FusedUpdate.covers(updater)) {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                plan = new FusedUpdate(updater, params, gradients);
                planned = updater;
            }
        }
        return planned != null;
    }

    private void update(Model network, int batchSize, LayerWorkspaceMgr workspaces) {
        synchronized (planned) { // as DL4J's own update(), for those who copy its state meanwhile
            workspaces.assertNotOpen(ArrayType.UPDATER_WORKING_MEM, "Updater working memory");
            try (MemoryWorkspace working = workspaces.notifyScopeEntered(ArrayType.UPDATER_WORKING_MEM)) {
                boolean divide = network.conf().isMiniBatch();
                plan.apply(divide, batchSize, getIterationCount(network), getEpochCount(network));
            }
        }
    }

    /** DL4J's step, unless it has been taken. */
    private static final class Step extends NegativeGradientStepFunction {
        private boolean taken;

        @Override
        public void step(INDArray params, INDArray update) {
            if (!taken) {
                super.step(params, update);
            }
            taken = false;
        }
    }
}
