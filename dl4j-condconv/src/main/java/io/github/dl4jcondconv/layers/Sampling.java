package io.github.dl4jcondconv.layers;

import java.io.Serializable;
import lombok.AccessLevel;
import lombok.AllArgsConstructor;
import lombok.Builder;
import lombok.EqualsAndHashCode;
import lombok.Getter;
import lombok.NoArgsConstructor;
import lombok.ToString;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * How a mask chooses the positions that are computed: from a logit l for every position of a convolution's output to a
 * mask m of 0 to 1 (Xie et al., "Spatially Adaptive Inference with Stochastic Feature Sampling and Interpolation", ECCV
 * 2020).
 *
 * <pre>
 * training:   m = sigmoid((l + n) / temperature),  n logistic noise: the two-class Gumbel-softmax in closed form
 * inference:  m = 1 where l + n &gt;= 0, else 0
 * </pre>
 *
 * A position is sampled (m &gt;= 1/2) with probability sigmoid(l), exactly and at every temperature. Options, which {@code
 * Sampling.builder()} sets by these names:
 *
 * <ul>
 *   <li>{@code gate}: {@link Gate}; default STOCHASTIC
 *   <li>{@code temperature} of training, above 0; default 0.99998 to the power of the optimiser's steps. The step count
 *       is part of saved models, so a resumed training goes on where it stopped. The official code counts forward passes
 *       instead. Values below {@value #COLDEST} count as {@value #COLDEST}, which keeps HALF from overflowing
 *   <li>{@code straightThrough}: train with the binary mask and the soft mask's gradient; default false, the official
 *       soft mask
 *   <li>{@code gridInterval}: every position whose row and column are multiples of it is sampled whatever its logit, and
 *       passes no gradient to it; at least 1; default 11, as the official code; null for none. A 7 x 7 window finds a
 *       grid position from 49 of 121 positions, not from all
 *   <li>{@code inference}: {@link Inference}; default SAMPLED
 *   <li>{@code seed} of the noise at inference; default 0. All images get the same noise on every pass and backend, so
 *       that a prediction depends on nothing but its image. Masks of the same size and seed get the same noise: give each
 *       mask of a network its own, as {@link SampledResidualBlock} does
 *   <li>{@code softInference}: the official product of the soft mask and the binary one in place of the binary one, at
 *       {@code inferenceTemperature}; defaults false and 0.03
 *   <li>{@code denseFrom}: at inference an image whose mask samples at least this share of its positions is computed at
 *       all of them, which is then the faster way and leaves nothing to interpolate; above 0, at most 1; default null
 *       for never, as in the paper
 *   <li>{@code sparsityWeight}: factor of the mean of sigmoid(l), before noise and grid, in the network's loss; at least
 *       0; default 0. {@link SparsityLoss} sets those of a whole network
 * </ul>
 */
@Getter
@EqualsAndHashCode
@ToString
@Builder(toBuilder = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
@AllArgsConstructor(access = AccessLevel.PRIVATE)
public final class Sampling implements Serializable {
    private static final long serialVersionUID = 1;

    /** The paper's way to choose positions, and those that it is compared with. */
    public enum Gate {
        /** Logits with logistic noise: the paper's. */
        STOCHASTIC,
        /** Logits without noise in training and at inference. */
        DETERMINISTIC,
        /** min(relu(l), 1), sampled where it is above 0; the sparsity loss is the mean of relu(l). */
        RELU,
        /** Every gridInterval-th row and column and nothing else: a lower resolution. Has no parameters. */
        UNIFORM
    }

    /** What a {@link Gate#STOCHASTIC} mask does at inference. */
    public enum Inference {
        /** Samples each position with its probability, as in training. */
        SAMPLED,
        /** Takes the positions with a probability of at least 1/2. */
        DETERMINISTIC
    }

    /** Logits start here: a position is sampled with probability 0.95. */
    static final double FIRST_LOGIT = 3;

    /** The lowest temperature of training. */
    static final double COLDEST = 0.001;

    @Builder.Default
    private Gate gate = Gate.STOCHASTIC;

    @Builder.Default
    private ISchedule temperature = new ExponentialSchedule(ScheduleType.ITERATION, 1, 0.99998);

    private boolean straightThrough;

    @Builder.Default
    private Integer gridInterval = 11;

    @Builder.Default
    private Inference inference = Inference.SAMPLED;

    private long seed;
    private boolean softInference;

    @Builder.Default
    private double inferenceTemperature = 0.03;

    private double sparsityWeight;
    private Double denseFrom;

    void validate(Check check) {
        check.require(gridInterval == null || gridInterval >= 1, "gridInterval", gridInterval, "at least 1, or null");
        check.require(
                gate != Gate.UNIFORM || gridInterval != null,
                "gridInterval",
                gridInterval,
                "a number with Gate.UNIFORM, which samples nothing else");
        double first = temperature.valueAt(0, 0);
        check.require(first > 0, "temperature at the first step", first, "above 0");
        check.require(inferenceTemperature > 0, "inferenceTemperature", inferenceTemperature, "above 0");
        check.require(sparsityWeight >= 0, "sparsityWeight", sparsityWeight, "at least 0");
        check.require(
                denseFrom == null || denseFrom > 0 && denseFrom <= 1,
                "denseFrom",
                denseFrom,
                "above 0 and at most 1, or null");
        check.require(denseFrom == null || predicts(), "denseFrom", denseFrom, "null with Gate.UNIFORM");
    }

    /** Whether there are logits to compute. */
    boolean predicts() {
        return gate != Gate.UNIFORM;
    }
}
