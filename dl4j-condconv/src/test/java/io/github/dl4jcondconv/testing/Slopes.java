package io.github.dl4jcondconv.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares the gradient of a network's score with its slope, measured by central differences, for each parameter array in
 * a random direction. Every entry takes part in every comparison, where checking entry by entry must pick some to be
 * affordable, and a single entry that is off by a millionth of the array's gradient shows.
 *
 * <p>The network must be in DOUBLE with the updater NoOp. ND4J's generator is set before every pass, so that noise and
 * dropout are the same in all of them.
 */
public final class Slopes {
    /** DL4J's step for its own gradient checks. */
    private static final double STEP = 1e-6;
    /** The score is of order one and rounded by a few 1e-16; over two steps that is ten times less than this. */
    private static final double ABSOLUTE = 4e-9;
    /** Of the norm of the array's gradient, which is itself rounded; curvature over a step is far below. */
    private static final double RELATIVE = 1e-7;
    /** A step may cross the kink of a ReLU. A wrong gradient is wrong in all directions. */
    private static final int DIRECTIONS = 3;

    private Slopes() {}

    /** A line for each parameter array whose gradient does not agree with the score's slope; none if all do. */
    public static List<String> disagreements(ComputationGraph net, DataSet batch) {
        List<String> disagreements = new ArrayList<>();
        gradients(net, batch).forEach((name, gradient) -> {
            for (int i = 1; i <= DIRECTIONS; i++) {
                INDArray direction = direction(gradient, i);
                double expected = slope(net, batch, name, direction);
                double actual = gradient.mul(direction).sumNumber().doubleValue();
                double norm = gradient.norm2Number().doubleValue();
                if (Math.abs(actual - expected) <= ABSOLUTE + RELATIVE * norm) {
                    return;
                }
                if (i == DIRECTIONS) {
                    disagreements.add(String.format(
                            Locale.ROOT,
                            "%s: the score's slope is %g, by the gradient %g, of norm %g",
                            name,
                            expected,
                            actual,
                            norm));
                }
            }
        });
        return disagreements;
    }

    /** Of length 1. */
    private static INDArray direction(INDArray like, int number) {
        Nd4j.getRandom().setSeed(number);
        INDArray direction = Nd4j.randn(like.dataType(), like.shape());
        return direction.divi(direction.norm2Number());
    }

    private static Map<String, INDArray> gradients(ComputationGraph net, DataSet batch) {
        resetNoise();
        net.setInputs(batch.getFeatures());
        net.setLabels(batch.getLabels());
        net.computeGradientAndScore();
        // divides by the size of the batch and adds what L1 and L2 contribute
        new ComputationGraphUpdater(net)
                .update(net.gradient(), 0, 0, net.batchSize(), LayerWorkspaceMgr.noWorkspaces());
        return Gradients.copied(net);
    }

    private static double slope(ComputationGraph net, DataSet batch, String name, INDArray direction) {
        INDArray parameter = net.getParam(name);
        INDArray original = parameter.dup();
        double above = score(net, batch, parameter, original.add(direction.mul(STEP)));
        double below = score(net, batch, parameter, original.sub(direction.mul(STEP)));
        parameter.assign(original);
        return (above - below) / (2 * STEP);
    }

    private static double score(ComputationGraph net, DataSet batch, INDArray parameter, INDArray value) {
        parameter.assign(value);
        resetNoise();
        return net.score(batch, true);
    }

    private static void resetNoise() {
        Nd4j.getRandom().setSeed(7);
    }
}
