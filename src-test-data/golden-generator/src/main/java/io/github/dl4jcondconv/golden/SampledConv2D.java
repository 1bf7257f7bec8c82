package io.github.dl4jcondconv.golden;

import static io.github.dl4jcondconv.golden.Window.Mode.Same;

import io.github.dl4jcondconv.golden.Interpolation.Method;
import java.util.List;
import java.util.Map;
import lombok.With;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * Mask, convolution and interpolation in one, in training without noise. The mask's 3x3 window has the middle of the
 * convolution's, so that its padding differs by half of the difference of their extents.
 */
@With
record SampledConv2D(
        String name,
        Image image,
        long outputs,
        boolean hasBias,
        double temperature,
        int grid,
        Method method,
        int side,
        Activation activation,
        Window window)
        implements GoldenCase {

    static List<SampledConv2D> cases() {
        Window k3 = Window.of(3, 3);
        SampledConv2D base =
                new SampledConv2D("3x3", new Image(2, 3, 7, 6), 4, true, 1, 0, Method.RBF, 7, Activation.IDENTITY, k3);
        SampledConv2D odd = base.withImage(new Image(2, 2, 9, 7));
        SampledConv2D even = base.withImage(new Image(2, 2, 8, 6));
        return List.of(
                base,
                base.withName("no-bias").withHasBias(false),
                base.withName("learned").withMethod(Method.LEARNED).withSide(5),
                base.withName("average").withMethod(Method.AVERAGE).withSide(3),
                base.withName("none").withMethod(Method.NONE),
                base.withName("cooler-grid-2").withTemperature(0.5).withGrid(2),
                base.withName("one-example").withImage(new Image(1, 3, 7, 6)),
                base.withName("one-channel-to-two")
                        .withImage(new Image(2, 1, 7, 6))
                        .withOutputs(2),
                base.withName("relu").withActivation(Activation.RELU).withOutputs(1),
                base.withName("tanh").withActivation(Activation.TANH),
                base.with("padding-1", k3.padding(1, 1)),
                base.with("padding-2-1", k3.padding(2, 1)),
                odd.with("stride-2", k3.stride(2, 2)),
                base.with("stride-2-rest", k3.stride(2, 2)),
                base.with("dilation-2", k3.dilation(2, 2)),
                even.with(
                        "stride-2-dilation-2-padding-2",
                        k3.stride(2, 2).dilation(2, 2).padding(2, 2)),
                base.with("same", k3.mode(Same)),
                odd.with("same-stride-2-odd", k3.stride(2, 2).mode(Same)),
                even.with("same-stride-2-even", k3.stride(2, 2).mode(Same)),
                base.with("1x1", Window.of(1, 1)),
                odd.with("5x5", Window.of(5, 5)),
                odd.with("3x5-padding-0-1", Window.of(3, 5).padding(0, 1)),
                odd.with("2x2-same", Window.of(2, 2).mode(Same)));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = window.configuration();
        configuration.put("hasBias", Boolean.toString(hasBias));
        configuration.put("temperature", Double.toString(temperature));
        configuration.put("grid", Integer.toString(grid));
        configuration.put("interpolation", method.name());
        configuration.put("window", Integer.toString(side));
        configuration.put("activation", activation.name());
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        long channels = image.channels();
        Tensor x = experiment.input(image);
        Tensor w = experiment.parameter("W", 0, 0.4, outputs, channels, window.kernel()[0], window.kernel()[1]);
        TensorOptional b =
                hasBias ? new TensorOptional(experiment.parameter("b", 0, 1, outputs)) : new TensorOptional();
        Tensor maskW = experiment.parameter("maskW", 0, 0.3, 1, channels, 3, 3);
        Tensor maskb = experiment.parameter("maskb", 0.5, 0.5, 1);

        Tensor logits = maskWindow().convolve(x, maskW, new TensorOptional(maskb), 1);
        Tensor mask = SamplingMask.sampled(experiment, logits, temperature, grid);
        Tensor features = window.convolve(x, w, b, 1);
        return activation.apply(Interpolation.fill(experiment, method, side, features, mask));
    }

    private Window maskWindow() {
        Window mask =
                Window.of(3, 3).stride(window.stride()[0], window.stride()[1]).mode(window.mode());
        return window.mode() == Same ? mask : mask.padding(maskPadding(0), maskPadding(1));
    }

    /** Negative where the mask does not see the image's border. */
    private long maskPadding(int axis) {
        long extent = 1 + window.dilation()[axis] * (window.kernel()[axis] - 1);
        return window.padding()[axis] - (extent - 3) / 2;
    }

    private SampledConv2D with(String caseName, Window other) {
        return withName(caseName).withWindow(other);
    }
}
