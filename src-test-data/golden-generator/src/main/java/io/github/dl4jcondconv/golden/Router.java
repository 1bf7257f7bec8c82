package io.github.dl4jcondconv.golden;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lombok.With;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Routing weights of an image, by itself or with the previous layer's (Yang et al., CondConv, NeurIPS 2019). */
@With
record Router(String name, Image image, long experts, long previousExperts, Routing routing) implements GoldenCase {

    static List<Router> cases() {
        Router base = new Router("sigmoid", new Image(3, 5, 4, 3), 4, 0, Routing.SIGMOID);
        Routing cool = new Routing(Routing.Function.SOFTMAX, 0.5, 0);
        Routing warm = new Routing(Routing.Function.SOFTMAX, 30, 0);
        return List.of(
                base,
                base.withName("single-expert").withExperts(1),
                base.withName("one-example").withImage(new Image(1, 5, 4, 3)),
                base.withName("softmax-cool").withRouting(cool),
                base.withName("softmax-warm").withRouting(warm),
                base.withName("hidden-small")
                        .withImage(new Image(3, 24, 2, 2))
                        .withRouting(new Routing(Routing.Function.SIGMOID, 1, 1.0 / 8)),
                base.withName("hidden-medium").withRouting(new Routing(Routing.Function.SIGMOID, 1, 1)),
                base.withName("hidden-large").withRouting(new Routing(Routing.Function.SIGMOID, 1, 8)),
                base.withName("hierarchical").withPreviousExperts(3),
                base.withName("hierarchical-hidden")
                        .withPreviousExperts(3)
                        .withRouting(new Routing(Routing.Function.SOFTMAX, 2, 0.5)));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = new TreeMap<>();
        configuration.put("experts", Long.toString(experts));
        configuration.put("previousExperts", Long.toString(previousExperts));
        routing.describe(configuration);
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        Tensor features = experiment.input(image).mean(2, 3);
        if (previousExperts > 0) {
            Tensor previous = experiment.furtherInput(1, image.batch(), previousExperts);
            features = torch.cat(new TensorVector(features, previous), 1);
        }
        return routing.weights(experiment, features, experts);
    }
}
