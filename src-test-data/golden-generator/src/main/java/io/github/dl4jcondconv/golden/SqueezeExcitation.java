package io.github.dl4jcondconv.golden;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lombok.With;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Squeeze-and-excitation (Hu et al., CVPR 2018). */
@With
record SqueezeExcitation(String name, Image image, long ratio, boolean swish) implements GoldenCase {

    static List<SqueezeExcitation> cases() {
        SqueezeExcitation base = new SqueezeExcitation("ratio-2", new Image(2, 6, 5, 4), 2, false);
        return List.of(
                base,
                base.withName("ratio-1").withRatio(1),
                base.withName("ratio-rounded").withImage(new Image(2, 9, 5, 4)).withRatio(4),
                base.withName("ratio-all").withRatio(6),
                base.withName("one-example").withImage(new Image(1, 6, 5, 4)),
                base.withName("one-channel").withImage(new Image(3, 1, 5, 4)).withRatio(1),
                base.withName("one-pixel").withImage(new Image(3, 4, 1, 1)),
                base.withName("swish").withSwish(true));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = new TreeMap<>();
        configuration.put("ratio", Long.toString(ratio));
        configuration.put("hiddenActivation", swish ? "SWISH" : "RELU");
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        long channels = image.channels();
        long squeezed = channels / ratio;
        Tensor x = experiment.input(image);
        Tensor reduced = x.mean(2, 3)
                .matmul(experiment.parameter("reduceW", 0, 0.7, channels, squeezed))
                .add(experiment.parameter("reduceb", 0.5, 0.5, squeezed));
        Tensor gates = (swish ? torch.silu(reduced) : torch.relu(reduced))
                .matmul(experiment.parameter("expandW", 0, 0.7, squeezed, channels))
                .add(experiment.parameter("expandb", 0, 1, channels));
        return x.mul(torch.sigmoid(gates).reshape(image.batch(), channels, 1, 1));
    }
}
