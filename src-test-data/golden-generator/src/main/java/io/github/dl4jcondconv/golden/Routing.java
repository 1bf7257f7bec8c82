package io.github.dl4jcondconv.golden;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A routing function of CondConv's ablation (Yang et al., NeurIPS 2019, section 4.3.1).
 *
 * @param hiddenRatio size of the hidden layer over the number of features, 0 for none
 */
record Routing(Function function, double temperature, double hiddenRatio) {
    enum Function {
        SIGMOID,
        SOFTMAX
    }

    static final Routing SIGMOID = new Routing(Function.SIGMOID, 1, 0);

    void describe(Map<String, String> configuration) {
        configuration.put("routing", function.name());
        configuration.put("temperature", Double.toString(temperature));
        configuration.put("hiddenRatio", Double.toString(hiddenRatio));
    }

    /** Weights [N, experts] of features [N, F]. */
    Tensor weights(Experiment experiment, Tensor features, long experts) {
        Tensor h = features;
        if (hiddenRatio > 0) {
            long hidden = Math.max(1, Math.round(features.size(1) * hiddenRatio));
            h = torch.relu(affine(experiment, features, "routingHidden", hidden));
        }
        Tensor logits = affine(experiment, h, "routing", experts);
        return function == Function.SIGMOID
                ? torch.sigmoid(logits)
                : torch.softmax(logits.div(new Scalar(temperature)), 1);
    }

    private static Tensor affine(Experiment experiment, Tensor x, String stem, long outputs) {
        return x.matmul(experiment.parameter(stem + "W", 0, 1, x.size(1), outputs))
                .add(experiment.parameter(stem + "b", 0, 1, outputs));
    }
}
