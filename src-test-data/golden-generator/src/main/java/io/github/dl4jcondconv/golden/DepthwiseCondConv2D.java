package io.github.dl4jcondconv.golden;

import static io.github.dl4jcondconv.golden.Window.Mode.Same;
import static io.github.dl4jcondconv.golden.Window.Mode.Strict;

import java.util.List;
import java.util.Map;
import lombok.With;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * Conditionally parameterised depthwise convolution (Yang et al., CondConv, NeurIPS 2019): mixed kernels, and one grouped
 * convolution with a group for each channel of each example. Outputs are ordered by channel, as torch orders them.
 */
@With
record DepthwiseCondConv2D(
        String name, Image image, long multiplier, long experts, boolean hasBias, Activation activation, Window window)
        implements GoldenCase {

    static List<DepthwiseCondConv2D> cases() {
        Window k3 = Window.of(3, 3);
        DepthwiseCondConv2D base =
                new DepthwiseCondConv2D("3x3", new Image(2, 3, 7, 6), 1, 3, true, Activation.IDENTITY, k3);
        DepthwiseCondConv2D odd = base.withImage(new Image(2, 2, 9, 7)).withMultiplier(2);
        DepthwiseCondConv2D even = base.withImage(new Image(2, 2, 8, 6));
        return List.of(
                base,
                base.withName("multiplier-3").withMultiplier(3),
                base.withName("no-bias").withHasBias(false),
                base.withName("one-expert").withExperts(1),
                base.withName("eight-experts").withExperts(8),
                base.withName("one-example").withImage(new Image(1, 3, 7, 6)),
                base.withName("five-examples").withImage(new Image(5, 2, 6, 5)),
                base.withName("one-channel").withImage(new Image(2, 1, 7, 6)),
                base.withName("one-pixel-output").withImage(new Image(3, 3, 3, 3)),
                base.withName("tanh").withActivation(Activation.TANH),
                base.with("padding-2-1", k3.padding(2, 1)),
                odd.with("stride-2", k3.stride(2, 2)),
                even.with("stride-2-padding-1", k3.stride(2, 2).padding(1, 1)),
                odd.with("stride-2-1", k3.stride(2, 1)),
                odd.with("strict-stride-2", k3.stride(2, 2).mode(Strict)),
                odd.with("dilation-2-padding-2", k3.dilation(2, 2).padding(2, 2)),
                odd.with("dilation-1-2", k3.dilation(1, 2)),
                base.with("same", k3.mode(Same)),
                odd.with("same-stride-2-odd", k3.stride(2, 2).mode(Same)),
                even.with("same-stride-2-even", k3.stride(2, 2).mode(Same)),
                odd.with("same-dilation-2", k3.dilation(2, 2).mode(Same)),
                even.with(
                        "same-stride-2-dilation-2",
                        k3.stride(2, 2).dilation(2, 2).mode(Same)),
                even.with("5x5-same-stride-2", Window.of(5, 5).stride(2, 2).mode(Same)),
                base.with("1x1", Window.of(1, 1)),
                base.with("2x2-same", Window.of(2, 2).mode(Same)),
                odd.with("3x5-padding-1-2", Window.of(3, 5).padding(1, 2)));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = window.configuration();
        configuration.put("multiplier", Long.toString(multiplier));
        configuration.put("experts", Long.toString(experts));
        configuration.put("hasBias", Boolean.toString(hasBias));
        configuration.put("activation", activation.name());
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        long batch = image.batch();
        long channels = image.channels();
        long height = window.kernel()[0];
        long width = window.kernel()[1];
        Tensor x = experiment.input(image);
        Tensor kernels = experiment.parameter("W", 0, 0.3, experts, multiplier, channels, height, width);
        Tensor alpha = Routing.SIGMOID.weights(experiment, x.mean(2, 3), experts);

        Tensor mixed = alpha.matmul(kernels.reshape(experts, -1))
                .reshape(batch, multiplier, channels, height, width)
                .permute(0, 2, 1, 3, 4);
        TensorOptional bias = hasBias
                ? new TensorOptional(alpha.matmul(experiment.parameter("b", 0, 1, experts, channels * multiplier))
                        .reshape(-1))
                : new TensorOptional();
        Tensor grouped = window.convolve(
                x.reshape(1, batch * channels, image.height(), image.width()),
                mixed.reshape(batch * channels * multiplier, 1, height, width),
                bias,
                batch * channels);
        return activation.apply(grouped.reshape(batch, channels * multiplier, grouped.size(2), grouped.size(3)));
    }

    private DepthwiseCondConv2D with(String caseName, Window other) {
        return withName(caseName).withWindow(other);
    }
}
