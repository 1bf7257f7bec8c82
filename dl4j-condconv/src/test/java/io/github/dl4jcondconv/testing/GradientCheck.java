package io.github.dl4jcondconv.testing;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Analytic against numeric gradients of a whole network, with the settings of DL4J's own tests. */
public final class GradientCheck {
    private GradientCheck() {}

    /**
     * Whether all gradients agree to a thousandth. The random generator is set before every pass, so that noise and
     * dropout are the same in all of them.
     *
     * @param state running statistics, such as "layer_mean", which no gradient is computed for
     */
    public static boolean holds(ComputationGraph net, DataSet batch, String... state) {
        Set<String> excluded = Arrays.stream(state).collect(Collectors.toSet());
        return GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                .net(net)
                .epsilon(1e-6)
                .maxRelError(1e-3)
                .minAbsoluteError(1e-8)
                .print(GradientCheckUtil.PrintMode.FAILURES_ONLY)
                .inputs(new INDArray[] {batch.getFeatures()})
                .labels(new INDArray[] {batch.getLabels()})
                .callEachIter(n -> Nd4j.getRandom().setSeed(7))
                .excludeParams(excluded));
    }
}
