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
 * WeightNet convolution (Ma et al., ECCV 2020) as its authors compute it: 1x1 convolutions make the kernel, the second
 * one grouped, and one grouped convolution applies it, the batch folded into the groups.
 *
 * @param outputs 0 for the depthwise layer
 */
@With
record WeightNetConv2D(
        String name,
        Image image,
        long outputs,
        long m,
        long g,
        long contextSize,
        boolean sharedContext,
        Activation activation,
        Window window)
        implements GoldenCase {

    static List<WeightNetConv2D> cases() {
        Window k3 = Window.of(3, 3);
        WeightNetConv2D base =
                new WeightNetConv2D("m2-g2", new Image(2, 2, 7, 6), 3, 2, 2, 4, false, Activation.IDENTITY, k3);
        WeightNetConv2D odd = base.withImage(new Image(2, 2, 9, 7));
        WeightNetConv2D even = base.withImage(new Image(2, 2, 8, 6));
        return List.of(
                base,
                base.withName("m1-g1").withM(1).withG(1),
                base.withName("m4-g1").withM(4).withG(1),
                base.withName("m4-g2").withM(4).withG(2),
                base.withName("m18-g6").withM(18).withG(6),
                base.withName("usual-context").withContextSize(16),
                base.withName("shared-context").withSharedContext(true),
                base.withName("one-example").withImage(new Image(1, 2, 7, 6)),
                base.withName("five-examples").withImage(new Image(5, 2, 6, 5)),
                base.withName("one-channel")
                        .withImage(new Image(2, 1, 7, 6))
                        .withM(3)
                        .withG(3),
                base.withName("one-output").withOutputs(1),
                base.withName("relu").withActivation(Activation.RELU),
                base.with("padding-2-1", k3.padding(2, 1)),
                odd.with("stride-2", k3.stride(2, 2)),
                odd.with("strict-stride-2", k3.stride(2, 2).mode(Strict)),
                odd.with("dilation-2-padding-2", k3.dilation(2, 2).padding(2, 2)),
                base.with("same", k3.mode(Same)),
                odd.with("same-stride-2-odd", k3.stride(2, 2).mode(Same)),
                even.with("same-stride-2-even", k3.stride(2, 2).mode(Same)),
                even.with(
                        "same-stride-2-dilation-2",
                        k3.stride(2, 2).dilation(2, 2).mode(Same)),
                base.with("1x1", Window.of(1, 1)),
                odd.with("3x5-padding-1-2", Window.of(3, 5).padding(1, 2)));
    }

    static List<WeightNetConv2D> depthwiseCases() {
        return cases().stream()
                .filter(c -> !c.name.equals("one-output"))
                .map(c -> c.withOutputs(0))
                .toList();
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = window.configuration();
        configuration.put("m", Long.toString(m));
        configuration.put("g", Long.toString(g));
        configuration.put("contextSize", Long.toString(contextSize));
        configuration.put("sharedContext", Boolean.toString(sharedContext));
        configuration.put("activation", activation.name());
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        long batch = image.batch();
        long channels = image.channels();
        boolean depthwise = outputs == 0;
        long filters = depthwise ? channels : outputs;
        long depth = depthwise ? 1 : channels;
        long groups = depthwise ? channels : g * outputs;
        long gates = groups * (m / g);

        Tensor x = experiment.input(image);
        Tensor context = sharedContext
                ? experiment.furtherInput(1, batch, contextSize)
                : pointwise(experiment, x.mean(2, 3), "reduce", contextSize);
        Tensor a = torch.sigmoid(pointwise(experiment, context, "fc1", gates));
        long entries = filters * depth * window.kernel()[0] * window.kernel()[1];
        Tensor fc2 = experiment.parameter("fc2W", 0, 0.5, entries, m / g);
        Tensor kernels = Window.of(1, 1)
                .convolve(
                        a.reshape(batch, gates, 1, 1), fc2.reshape(entries, m / g, 1, 1), new TensorOptional(), groups);
        Tensor grouped = window.convolve(
                x.reshape(1, batch * channels, image.height(), image.width()),
                kernels.reshape(batch * filters, depth, window.kernel()[0], window.kernel()[1]),
                new TensorOptional(),
                depthwise ? batch * channels : batch);
        return activation.apply(grouped.reshape(batch, filters, grouped.size(2), grouped.size(3)));
    }

    private static Tensor pointwise(Experiment experiment, Tensor x, String stem, long outputs) {
        return x.matmul(experiment.parameter(stem + "W", 0, 0.7, x.size(1), outputs))
                .add(experiment.parameter(stem + "b", 0, 1, outputs));
    }

    private WeightNetConv2D with(String caseName, Window other) {
        return withName(caseName).withWindow(other);
    }
}
