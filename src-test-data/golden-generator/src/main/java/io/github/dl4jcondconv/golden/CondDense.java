package io.github.dl4jcondconv.golden;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lombok.With;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Conditionally parameterised fully connected layer (Yang et al., CondConv, NeurIPS 2019): mixed matrices. */
@With
record CondDense(
        String name,
        long batch,
        long inputs,
        long outputs,
        long experts,
        boolean hasBias,
        Routing routing,
        Activation activation)
        implements GoldenCase {

    static List<CondDense> cases() {
        CondDense base = new CondDense("sigmoid", 3, 6, 5, 4, true, Routing.SIGMOID, Activation.IDENTITY);
        return List.of(
                base,
                base.withName("no-bias").withHasBias(false),
                base.withName("one-expert").withExperts(1),
                base.withName("one-example").withBatch(1),
                base.withName("one-of-each")
                        .withBatch(1)
                        .withInputs(1)
                        .withOutputs(1)
                        .withExperts(1),
                base.withName("softmax").withRouting(new Routing(Routing.Function.SOFTMAX, 2, 0)),
                base.withName("hidden").withRouting(new Routing(Routing.Function.SIGMOID, 1, 2)),
                base.withName("tanh").withActivation(Activation.TANH));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = new TreeMap<>();
        configuration.put("experts", Long.toString(experts));
        configuration.put("hasBias", Boolean.toString(hasBias));
        configuration.put("activation", activation.name());
        routing.describe(configuration);
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        Tensor x = experiment.vectors(batch, inputs);
        Tensor matrices = experiment.parameter("W", 0, 0.5, experts, inputs, outputs);
        Tensor alpha = routing.weights(experiment, x, experts);
        Tensor mixed = alpha.matmul(matrices.reshape(experts, -1)).reshape(batch, inputs, outputs);
        Tensor y = torch.bmm(x.unsqueeze(1), mixed).squeeze(1);
        return activation.apply(hasBias ? y.add(alpha.matmul(experiment.parameter("b", 0, 1, experts, outputs))) : y);
    }
}
