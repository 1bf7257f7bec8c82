package io.github.dl4jcondconv.golden;

import static io.github.dl4jcondconv.golden.Window.Mode.Same;
import static io.github.dl4jcondconv.golden.Window.Mode.Strict;

import java.util.List;
import java.util.Map;
import lombok.With;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Conditionally parameterised convolution (Yang et al., CondConv, NeurIPS 2019), as its authors compute it: the experts'
 * kernels are mixed for each example, and one grouped convolution applies them, the batch folded into the groups.
 */
@With
record CondConv2D(
        String name, Image image, long outputs, long experts, boolean hasBias, Activation activation, Window window)
        implements GoldenCase {

    static List<CondConv2D> cases() {
        Window k3 = Window.of(3, 3);
        Window k5 = Window.of(5, 5);
        Window k1 = Window.of(1, 1);
        CondConv2D base = new CondConv2D("3x3", new Image(2, 3, 7, 6), 4, 3, true, Activation.IDENTITY, k3);
        CondConv2D odd = base.withImage(new Image(2, 2, 9, 7));
        CondConv2D even = base.withImage(new Image(2, 2, 8, 6));
        return List.of(
                base,
                base.withName("no-bias").withHasBias(false),
                base.withName("one-expert").withExperts(1),
                base.withName("one-expert-no-bias").withExperts(1).withHasBias(false),
                base.withName("eight-experts").withExperts(8).withOutputs(3),
                base.withName("one-example").withImage(new Image(1, 3, 7, 6)),
                base.withName("five-examples").withImage(new Image(5, 2, 6, 5)),
                base.withName("one-channel").withImage(new Image(2, 1, 7, 6)).withOutputs(1),
                base.withName("one-pixel-output").withImage(new Image(3, 3, 3, 3)),
                base.withName("relu").withActivation(Activation.RELU),
                base.withName("tanh").withActivation(Activation.TANH),
                base.with("padding-1", k3.padding(1, 1)),
                base.with("padding-2-1", k3.padding(2, 1)),
                odd.with("stride-2", k3.stride(2, 2)),
                even.with("stride-2-rest", k3.stride(2, 2)),
                odd.with("stride-2-padding-1", k3.stride(2, 2).padding(1, 1)),
                odd.with("stride-2-1", k3.stride(2, 1)),
                odd.with("strict-stride-2", k3.stride(2, 2).mode(Strict)),
                odd.with("dilation-2", k3.dilation(2, 2)),
                odd.with("dilation-2-padding-2", k3.dilation(2, 2).padding(2, 2)),
                odd.with("dilation-1-2", k3.dilation(1, 2)),
                odd.with(
                        "stride-2-dilation-2-padding-2",
                        k3.stride(2, 2).dilation(2, 2).padding(2, 2)),
                base.with("same", k3.mode(Same)),
                odd.with("same-stride-2-odd", k3.stride(2, 2).mode(Same)),
                even.with("same-stride-2-even", k3.stride(2, 2).mode(Same)),
                odd.with("same-dilation-2", k3.dilation(2, 2).mode(Same)),
                even.with(
                        "same-stride-2-dilation-2",
                        k3.stride(2, 2).dilation(2, 2).mode(Same)),
                odd.with("5x5", k5),
                odd.with("5x5-padding-2-stride-2", k5.padding(2, 2).stride(2, 2)),
                even.with("5x5-same-stride-2", k5.stride(2, 2).mode(Same)),
                base.with("1x1", k1),
                base.with("1x1-stride-2", k1.stride(2, 2)),
                base.with("1x1-same-stride-2", k1.stride(2, 2).mode(Same)),
                base.with("2x2-same", Window.of(2, 2).mode(Same)),
                odd.with("3x5-padding-1-2", Window.of(3, 5).padding(1, 2)),
                even.with("3x5-same-stride-2-1", Window.of(3, 5).stride(2, 1).mode(Same)));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = window.configuration();
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
        Tensor kernels = experiment.parameter("W", 0, 0.1, experts, outputs, channels, height, width);
        Tensor routingW = experiment.parameter("routingW", 0, 1, channels, experts);
        Tensor routingb = experiment.parameter("routingb", 0, 1, experts);
        Tensor alpha = torch.sigmoid(x.mean(2, 3).matmul(routingW).add(routingb));

        Tensor mixed = alpha.matmul(kernels.reshape(experts, -1));
        Tensor grouped = window.convolve(
                x.reshape(1, batch * channels, image.height(), image.width()),
                mixed.reshape(batch * outputs, channels, height, width),
                hasBias ? mixedBias(experiment, alpha) : new TensorOptional(),
                batch);
        return activation.apply(grouped.reshape(batch, outputs, grouped.size(2), grouped.size(3)));
    }

    private TensorOptional mixedBias(Experiment experiment, Tensor alpha) {
        Tensor biases = experiment.parameter("b", 0, 1, experts, outputs);
        return new TensorOptional(alpha.matmul(biases).reshape(-1));
    }

    private CondConv2D with(String caseName, Window other) {
        return withName(caseName).withWindow(other);
    }
}
