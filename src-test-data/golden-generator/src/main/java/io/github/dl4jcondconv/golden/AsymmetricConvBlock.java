package io.github.dl4jcondconv.golden;

import static io.github.dl4jcondconv.golden.Window.Mode.Same;
import static io.github.dl4jcondconv.golden.Window.Mode.Strict;

import java.util.List;
import java.util.Map;
import lombok.With;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Asymmetric convolution block (Ding et al., ACNet, ICCV 2019): the sum of a k x k, a 1 x k and a k x 1 convolution
 * without bias, each followed by its own batch normalisation. The smaller kernels sit at the centre of the square one.
 */
@With
record AsymmetricConvBlock(
        String name,
        Image image,
        long outputs,
        double eps,
        double decay,
        boolean training,
        Activation activation,
        Window window)
        implements GoldenCase {

    static List<AsymmetricConvBlock> cases() {
        Window k3 = Window.of(3, 3);
        Window k5 = Window.of(5, 5);
        AsymmetricConvBlock base = new AsymmetricConvBlock(
                "3x3-padding-1", new Image(3, 3, 7, 6), 4, 1e-5, 0.9, true, Activation.IDENTITY, k3.padding(1, 1));
        AsymmetricConvBlock odd = base.withImage(new Image(2, 2, 9, 7)).withOutputs(3);
        AsymmetricConvBlock even = base.withImage(new Image(3, 2, 8, 6)).withOutputs(3);
        return List.of(
                base,
                base.inference(),
                base.withName("one-example").withImage(new Image(1, 3, 9, 8)),
                base.withName("one-example").withImage(new Image(1, 3, 9, 8)).inference(),
                base.withName("five-examples").withImage(new Image(5, 2, 6, 5)),
                base.withName("one-channel").withImage(new Image(3, 1, 7, 6)).withOutputs(1),
                base.withName("large-eps").withEps(1e-3),
                base.withName("large-eps").withEps(1e-3).inference(),
                base.withName("slow-decay").withDecay(0.99),
                base.withName("relu").withActivation(Activation.RELU),
                base.withName("relu").withActivation(Activation.RELU).inference(),
                base.withName("tanh").withActivation(Activation.TANH),
                odd.with("padding-0", k3),
                odd.with("padding-0", k3).inference(),
                base.with("padding-2", k3.padding(2, 2)),
                odd.with("padding-0-2", k3.padding(0, 2)),
                odd.with("padding-0-2", k3.padding(0, 2)).inference(),
                odd.with("stride-2-padding-1", k3.stride(2, 2).padding(1, 1)),
                odd.with("stride-2-padding-1", k3.stride(2, 2).padding(1, 1)).inference(),
                even.with("stride-2-padding-1-rest", k3.stride(2, 2).padding(1, 1)),
                odd.with("stride-2-padding-0", k3.stride(2, 2)),
                even.with("stride-2-padding-0-rest", k3.stride(2, 2)),
                odd.with("stride-1-2-padding-1", k3.stride(1, 2).padding(1, 1)),
                odd.with(
                        "strict-stride-2-padding-1",
                        k3.stride(2, 2).padding(1, 1).mode(Strict)),
                odd.with("dilation-2-padding-2", k3.dilation(2, 2).padding(2, 2)),
                odd.with("dilation-2-padding-2", k3.dilation(2, 2).padding(2, 2))
                        .inference(),
                odd.with("dilation-2-padding-1", k3.dilation(2, 2).padding(1, 1)),
                odd.with("dilation-2-padding-0", k3.dilation(2, 2)),
                odd.with("dilation-2-padding-3", k3.dilation(2, 2).padding(3, 3)),
                odd.with("dilation-2-1-padding-2-1", k3.dilation(2, 1).padding(2, 1)),
                odd.with(
                        "stride-2-dilation-2-padding-1",
                        k3.stride(2, 2).dilation(2, 2).padding(1, 1)),
                base.with("same", k3.mode(Same)),
                base.with("same", k3.mode(Same)).inference(),
                odd.with("same-stride-2-odd", k3.stride(2, 2).mode(Same)),
                even.with("same-stride-2-even", k3.stride(2, 2).mode(Same)),
                even.with("same-stride-2-even", k3.stride(2, 2).mode(Same)).inference(),
                odd.with("same-dilation-2", k3.dilation(2, 2).mode(Same)),
                even.with(
                        "same-stride-2-dilation-2",
                        k3.stride(2, 2).dilation(2, 2).mode(Same)),
                odd.with("5x5-padding-2", k5.padding(2, 2)),
                odd.with("5x5-padding-2", k5.padding(2, 2)).inference(),
                odd.with("5x5-padding-1", k5.padding(1, 1)),
                odd.with("5x5-padding-0", k5),
                odd.with("5x5-padding-0", k5).inference(),
                even.with("5x5-padding-4", k5.padding(4, 4)),
                odd.with("5x5-stride-2-padding-1", k5.stride(2, 2).padding(1, 1)),
                odd.with("5x5-dilation-2-padding-2", k5.dilation(2, 2).padding(2, 2)),
                even.with("5x5-same-stride-2", k5.stride(2, 2).mode(Same)),
                even.with("5x5-same-stride-2", k5.stride(2, 2).mode(Same)).inference());
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = window.configuration();
        configuration.put("eps", Double.toString(eps));
        configuration.put("decay", Double.toString(decay));
        configuration.put("training", Boolean.toString(training));
        configuration.put("activation", activation.name());
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        long k = window.kernel()[0];
        Tensor x = experiment.input(image);
        Tensor sum = branch(experiment, x, "sq", k, k)
                .add(branch(experiment, x, "hor", 1, k))
                .add(branch(experiment, x, "ver", k, 1));
        return activation.apply(sum);
    }

    private Tensor branch(Experiment experiment, Tensor x, String suffix, long height, long width) {
        Tensor kernel = experiment.parameter("W" + suffix, 0, 0.3, outputs, image.channels(), height, width);
        Tensor gamma = experiment.parameter("gamma" + suffix, 1, 0.3, outputs);
        Tensor beta = experiment.parameter("beta" + suffix, 0, 0.5, outputs);
        Tensor mean = experiment.state("mean" + suffix, -1, 1, outputs);
        Tensor variance = experiment.state("var" + suffix, 0.5, 2, outputs);
        Tensor y = window.convolve(x, kernel, new TensorOptional(), 1);
        if (training) {
            long[] allButChannels = {0, 2, 3};
            experiment.after("mean" + suffix, decayed(mean, y.mean(allButChannels)));
            experiment.after("var" + suffix, decayed(variance, y.var(allButChannels, false)));
        }
        return torch.batch_norm(
                y,
                new TensorOptional(gamma),
                new TensorOptional(beta),
                new TensorOptional(mean.clone()),
                new TensorOptional(variance.clone()),
                training,
                1 - decay,
                eps,
                false);
    }

    /** DL4J's running statistics. Torch's own would take the unbiased variance of the batch. */
    private Tensor decayed(Tensor running, Tensor batch) {
        return running.mul(new Scalar(decay)).add(batch.mul(new Scalar(1 - decay)));
    }

    private AsymmetricConvBlock with(String caseName, Window other) {
        return withName(caseName).withWindow(other);
    }

    private AsymmetricConvBlock inference() {
        return withName(name + "-inference").withTraining(false);
    }
}
