package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.kernels.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.NesterovsUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * What DL4J's updater and its step do to parameters: division of the gradients by the batch size, regularisation, the
 * rule of SGD, Adam and so on, the step. DL4J takes each through all parameters before the next, and at every iteration
 * makes new views of every parameter. Here all are done to a piece that fits into the caches before the next piece, on views
 * that stay; parameters, gradients and updater state are what DL4J's are, to rounding.
 */
final class FusedUpdate {
    /** Numbers; so many of parameters, gradients and updater state fit into caches, and calls cost little beside them. */
    private static final long PIECE = 1 << 20;

    /** Those that look at one number at a time. */
    private static final Set<Class<? extends Regularization>> ELEMENT_BY_ELEMENT =
            Set.of(L1Regularization.class, L2Regularization.class, WeightDecay.class);

    /** A few numbers that Java updates by itself. */
    interface Tile {
        /** @param batchSize to divide gradients by, where they are divided */
        void apply(int batchSize, int iteration, int epoch);
    }

    private final INDArray params;
    private final INDArray gradients;
    private final List<Treatment> treatments;
    private final List<Tile> tiles = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();

    /**
     * @param params all of them, a vector
     * @param gradients of all of them
     */
    FusedUpdate(BaseMultiLayerUpdater<?> updater, INDArray params, INDArray gradients) {
        this.params = params;
        this.gradients = gradients;
        this.treatments = treatments(updater);
        updater.getUpdaterBlocks().forEach(this::cut);
    }

    /** Whether all that the updater does is done to every number by itself. */
    static boolean covers(BaseMultiLayerUpdater<?> updater) {
        return updater.getUpdaterBlocks().stream().noneMatch(UpdaterBlock::isPretrainUpdaterBlock)
                && treatments(updater).stream().allMatch(Treatment::isElementByElement);
    }

    /** Whether it was made for these arrays, and for what the updater does now. */
    boolean fits(BaseMultiLayerUpdater<?> updater, INDArray otherParams, INDArray otherGradients) {
        return isSame(params, otherParams)
                && isSame(gradients, otherGradients)
                && treatments.equals(treatments(updater));
    }

    private static boolean isSame(INDArray a, INDArray b) {
        return a.data().address() == b.data().address() && a.offset() == b.offset() && a.length() == b.length();
    }

    /** Updates all parameters. */
    void apply(boolean divide, int batchSize, int iteration, int epoch) {
        int divisor = divide ? batchSize : 1;
        Workers.run(tiles.size(), i -> tiles.get(i).apply(divisor, iteration, epoch));
        for (Piece piece : pieces) {
            piece.apply(divisor, iteration, epoch);
        }
    }

    private static List<Treatment> treatments(BaseMultiLayerUpdater<?> updater) {
        return updater.getUpdaterBlocks().stream()
                .flatMap(block -> block.getLayersAndVariablesInBlock().stream())
                .map(Treatment::of)
                .toList();
    }

    /** Neighbours that are treated alike stay together. */
    private void cut(UpdaterBlock block) {
        List<UpdaterBlock.ParamState> states = block.getLayersAndVariablesInBlock();
        long from = block.getParamOffsetStart();
        for (int i = 0; i < states.size(); i++) {
            Treatment treatment = Treatment.of(states.get(i));
            boolean ends = i == states.size() - 1 || !treatment.equals(Treatment.of(states.get(i + 1)));
            long end = states.get(i).getParamOffsetEnd();
            if (ends) {
                cut(block, treatment, from, end);
                from = end;
            }
        }
    }

    private void cut(UpdaterBlock block, Treatment treatment, long start, long end) {
        boolean nesterovs = treatment.isPlain(Nesterovs.class);
        boolean plain = treatment.isPlain(NoOp.class) && !treatment.divided;
        boolean tiled = (nesterovs || plain) && params.dataType() == DataType.FLOAT;
        long most = tiled ? NesterovsTile.MOST : PIECE;
        for (long from = start; from < end; from += most) {
            long to = Math.min(from + most, end);
            if (!tiled) {
                pieces.add(piece(block, treatment, from, to));
            } else if (plain) {
                tiles.add(new PlainTile(params, gradients, from, (int) (to - from)));
            } else {
                tiles.add(tile(block, treatment, from, to));
            }
        }
    }

    private NesterovsTile tile(UpdaterBlock block, Treatment treatment, long from, long to) {
        NesterovsUpdater whole = (NesterovsUpdater) block.getGradientUpdater();
        return new NesterovsTile(
                params,
                gradients,
                whole.getV(),
                from,
                from - block.getParamOffsetStart(),
                (int) (to - from),
                treatment.divided,
                whole.getConfig());
    }

    private Piece piece(UpdaterBlock block, Treatment treatment, long from, long to) {
        long first = block.getParamOffsetStart();
        GradientUpdater<?> whole = block.getGradientUpdater();
        Map<String, INDArray> state = new HashMap<>();
        whole.getState().forEach((name, array) -> state.put(name, part(array, from - first, to - first)));
        return new Piece(
                part(params, from, to),
                part(gradients, from, to),
                treatment,
                whole.getConfig().instantiate(state, false));
    }

    /** In c order, unlike what {@code get} returns: the operations of updaters are slow where orders differ. */
    private static INDArray part(INDArray vector, long from, long to) {
        return Nd4j.create(vector.data(), new long[] {to - from}, new long[] {1}, vector.offset() + from, 'c');
    }

    /** What is done to a parameter. */
    private record Treatment(
            IUpdater rule, boolean divided, List<Regularization> regularizations, GradientNormalization normalization) {
        static Treatment of(UpdaterBlock.ParamState state) {
            TrainingConfig layer = state.getLayer().getConfig();
            String name = state.getParamName();
            return new Treatment(
                    layer.getUpdaterByParam(name),
                    state.getLayer().updaterDivideByMinibatch(name),
                    Objects.requireNonNullElse(layer.getRegularizationByParam(name), List.of()),
                    Objects.requireNonNullElse(layer.getGradientNormalization(), GradientNormalization.None));
        }

        boolean isPlain(Class<? extends IUpdater> expected) {
            return rule.getClass() == expected && regularizations.isEmpty();
        }

        boolean isElementByElement() {
            boolean dl4jsOwn = rule.getClass().getPackage() == IUpdater.class.getPackage();
            return dl4jsOwn
                    && normalization == GradientNormalization.None
                    && regularizations.stream().map(Object::getClass).allMatch(ELEMENT_BY_ELEMENT::contains);
        }
    }

    private record Piece(INDArray params, INDArray gradients, Treatment treatment, GradientUpdater<?> rule) {
        void apply(int divisor, int iteration, int epoch) {
            if (treatment.divided && divisor != 1) {
                gradients.divi(divisor);
            }
            regularize(ApplyStep.BEFORE_UPDATER, iteration, epoch);
            rule.applyUpdater(gradients, iteration, epoch);
            regularize(ApplyStep.POST_UPDATER, iteration, epoch);
            params.subi(gradients);
        }

        private void regularize(ApplyStep step, int iteration, int epoch) {
            for (Regularization regularization : treatment.regularizations) {
                if (regularization.applyStep() == step) {
                    IUpdater config = rule.getConfig();
                    double rate = config.hasLearningRate() ? config.getLearningRate(iteration, epoch) : 1;
                    regularization.apply(params, gradients, rate, iteration, epoch);
                }
            }
        }
    }
}
