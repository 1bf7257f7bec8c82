package io.github.dl4jcondconv.golden;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The tensors of one golden file: those that are drawn, and those that torch computes from them, among them the
 * gradients of L = sum(output * upstream) with respect to every variable.
 *
 * <p>The draws are float32 values whatever the precision of the computation, and depend on nothing but the seed and the
 * order of the calls.
 */
final class Experiment {
    private final Random random;
    private final ScalarType precision;
    private final Map<String, Tensor> variables = new TreeMap<>();
    private final Map<String, Tensor> constants = new TreeMap<>();
    private final Map<String, Tensor> computed = new TreeMap<>();

    private Experiment(long seed, ScalarType precision) {
        this.random = new Random(seed);
        this.precision = precision;
    }

    /** Evaluates a case, forward and backward. */
    static Experiment run(GoldenCase golden, long seed, ScalarType precision) {
        Experiment experiment = new Experiment(seed, precision);
        Tensor output = golden.forward(experiment);
        experiment.computed.put("output", output);
        Tensor upstream = experiment.constant("upstream", experiment.random::nextGaussian, output.shape());
        output.mul(upstream).sum().backward();
        experiment.variables.forEach((name, variable) -> experiment.computed.put("grad." + name, variable.grad()));
        return experiment;
    }

    /** The layer's input. Each of its feature maps has a mean of its own, so that pooled features differ. */
    Tensor input(Image image) {
        double[] means =
                random.doubles(image.batch() * image.channels(), -1.5, 1.5).toArray();
        long mapSize = image.height() * image.width();
        AtomicInteger drawn = new AtomicInteger();
        return variable(
                "input",
                () -> means[(int) (drawn.getAndIncrement() / mapSize)] + random.nextGaussian(),
                image.batch(),
                image.channels(),
                image.height(),
                image.width());
    }

    /** A batch of vectors as the layer's input. */
    Tensor vectors(long batch, long size) {
        return variable("input", random::nextGaussian, batch, size);
    }

    /** A batch of vectors as further input of a layer that has several. */
    Tensor furtherInput(int number, long batch, long size) {
        return variable("input" + number, random::nextGaussian, batch, size);
    }

    /** Numbers from 0 to 1 as further input of a layer that has several. */
    Tensor furtherShares(int number, long... shape) {
        return variable("input" + number, random::nextDouble, shape);
    }

    /** Numbers that belong to the computation; they are not recorded. */
    Tensor fixed(double[] values, long... shape) {
        return Tensor.create(values, shape).to(precision);
    }

    /** A trainable parameter with normally distributed values. */
    Tensor parameter(String name, double mean, double deviation, long... shape) {
        return variable(name, () -> mean + deviation * random.nextGaussian(), shape);
    }

    /** State with uniformly distributed values, which is not differentiated. */
    Tensor state(String name, double from, double to, long... shape) {
        return constant(name, () -> from + (to - from) * random.nextDouble(), shape);
    }

    /** Records the value of a state after the training step. */
    void after(String name, Tensor value) {
        computed.put("after." + name, value);
    }

    /** Everything that was drawn, by name. */
    Map<String, Tensor> given() {
        Map<String, Tensor> given = new TreeMap<>(variables);
        given.putAll(constants);
        return given;
    }

    /** Everything that torch computed, by name. */
    Map<String, Tensor> computed() {
        return computed;
    }

    private Tensor variable(String name, DoubleSupplier values, long... shape) {
        Tensor variable = draw(values, shape).requires_grad_();
        variables.put(name, variable);
        return variable;
    }

    private Tensor constant(String name, DoubleSupplier values, long... shape) {
        Tensor constant = draw(values, shape);
        constants.put(name, constant);
        return constant;
    }

    private Tensor draw(DoubleSupplier values, long... shape) {
        long size = LongStream.of(shape).reduce(1, Math::multiplyExact);
        double[] float32 = DoubleStream.generate(values)
                .limit(size)
                .map(value -> (float) value)
                .toArray();
        return Tensor.create(float32, shape).to(precision);
    }
}
