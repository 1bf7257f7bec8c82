package io.github.dl4jcondconv.golden;

import java.util.List;
import java.util.Map;
import lombok.With;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The soft mask of training (Xie et al., ECCV 2020) without its noise, as its authors compute it: a softmax over the
 * logarithms of the probabilities to sample a position and to leave it out.
 *
 * @param grid interval of the positions that are always sampled; 0 for none
 */
@With
record SamplingMask(String name, Image image, double temperature, int grid, Window window) implements GoldenCase {

    static List<SamplingMask> cases() {
        Window k3 = Window.of(3, 3).padding(1, 1);
        SamplingMask base = new SamplingMask("padding-1", new Image(2, 3, 7, 6), 1, 0, k3);
        return List.of(
                base,
                base.withName("cooler").withTemperature(0.5),
                base.withName("grid-3").withGrid(3),
                base.withName("one-example").withImage(new Image(1, 2, 5, 5)),
                base.withName("stride-2-padding-1").withWindow(k3.stride(2, 2)),
                base.withName("stride-2-grid-2").withWindow(k3.stride(2, 2)).withGrid(2),
                base.withName("stride-1-2").withWindow(k3.stride(1, 2)),
                base.withName("padding-0").withWindow(k3.padding(0, 0)),
                base.withName("same-stride-2")
                        .withWindow(Window.of(3, 3).stride(2, 2).mode(Window.Mode.Same)));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = window.configuration();
        configuration.put("temperature", Double.toString(temperature));
        configuration.put("grid", Integer.toString(grid));
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        Tensor x = experiment.input(image);
        Tensor w = experiment.parameter("W", 0, 0.3, 1, image.channels(), 3, 3);
        Tensor b = experiment.parameter("b", 0.5, 0.5, 1);
        Tensor logits = window.convolve(x, w, new TensorOptional(b), 1);
        return sampled(experiment, logits, temperature, grid);
    }

    /** The soft mask of logits. */
    static Tensor sampled(Experiment experiment, Tensor logits, double temperature, int grid) {
        Tensor probability = torch.sigmoid(logits);
        Tensor taken = torch.log(probability).div(new Scalar(temperature));
        Tensor left = torch.log(probability.neg().add(new Scalar(1.0))).div(new Scalar(temperature));
        Tensor odds = torch.exp(taken.sub(left));
        Tensor mask = odds.div(odds.add(new Scalar(1.0)));
        if (grid == 0) {
            return mask;
        }
        Tensor always =
                experiment.fixed(grid(logits.size(2), logits.size(3), grid), 1, 1, logits.size(2), logits.size(3));
        return mask.mul(always.neg().add(new Scalar(1.0))).add(always);
    }

    private static double[] grid(long height, long width, int interval) {
        double[] grid = new double[Math.toIntExact(height * width)];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = i / width % interval == 0 && i % width % interval == 0 ? 1 : 0;
        }
        return grid;
    }
}
