package io.github.dl4jcondconv.golden;

import static io.github.dl4jcondconv.golden.Window.Mode.Same;

import java.util.List;
import java.util.Map;
import lombok.With;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A convolution at inference, zero where a mask is not above 0. */
@With
record MaskedConv2D(String name, Image image, long outputs, boolean hasBias, Activation activation, Window window)
        implements GoldenCase {

    static List<MaskedConv2D> cases() {
        Window k3 = Window.of(3, 3);
        MaskedConv2D base = new MaskedConv2D("3x3", new Image(2, 3, 7, 6), 4, true, Activation.IDENTITY, k3);
        MaskedConv2D odd = base.withImage(new Image(2, 2, 9, 7));
        return List.of(
                base,
                base.withName("no-bias").withHasBias(false),
                base.withName("one-example").withImage(new Image(1, 3, 7, 6)),
                base.withName("tanh").withActivation(Activation.TANH),
                base.with("padding-1", k3.padding(1, 1)),
                odd.with("stride-2", k3.stride(2, 2)),
                odd.with("dilation-2-padding-1", k3.dilation(2, 2).padding(1, 1)),
                odd.with("same-stride-2", k3.stride(2, 2).mode(Same)),
                base.with("1x1", Window.of(1, 1)),
                odd.with("2x5-padding-1-2", Window.of(2, 5).padding(1, 2)));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = window.configuration();
        configuration.put("hasBias", Boolean.toString(hasBias));
        configuration.put("activation", activation.name());
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        long[] kernel = window.kernel();
        Tensor x = experiment.input(image);
        Tensor w = experiment.parameter("W", 0, 0.4, outputs, image.channels(), kernel[0], kernel[1]);
        TensorOptional b =
                hasBias ? new TensorOptional(experiment.parameter("b", 0, 1, outputs)) : new TensorOptional();
        Tensor output = window.convolve(x, w, b, 1);
        Tensor mask = experiment.state("input1", -1, 1, image.batch(), 1, output.size(2), output.size(3));
        return activation.apply(output.mul(torch.relu(mask).sign()));
    }

    private MaskedConv2D with(String caseName, Window other) {
        return withName(caseName).withWindow(other);
    }
}
