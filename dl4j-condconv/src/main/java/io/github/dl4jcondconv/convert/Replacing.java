package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.fusion.Chain;
import io.github.dl4jcondconv.fusion.NetworkDraft;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Puts blocks in the place of convolutions of a draft, and notes what it did. */
final class Replacing {
    private final NetworkDraft draft;
    private final Target target;
    private final boolean keepsWeights;
    private final List<Replacement> replaced = new ArrayList<>();
    private final Map<String, String> stayed = new LinkedHashMap<>();

    Replacing(NetworkDraft draft, Target target, boolean keepsWeights) {
        this.draft = draft;
        this.target = target;
        this.keepsWeights = keepsWeights;
    }

    /** Notes why a vertex stays. */
    void leave(String vertex, String reason) {
        stayed.put(vertex, reason);
    }

    void replace(String vertex) {
        String normalisation = target.normalises() ? normalisationToTakeIn(vertex) : null;
        Original original = new Original(draft, vertex, normalisation);
        Convolution2DBlock block = target.layer(original);
        original.settingsTo(block);
        Map<String, INDArray> parameters = keepsWeights ? parameters(original, block) : Map.of();
        if (normalisation == null) {
            draft.replace(vertex, block, parameters);
        } else {
            new Chain(draft, vertex, normalisation).fuse(block, parameters);
        }
        replaced.add(new Replacement(
                normalisation == null ? vertex : normalisation,
                normalisation == null ? List.of(vertex) : List.of(vertex, normalisation),
                block.getClass().getSimpleName(),
                keepsWeights ? target.kept() : "fresh"));
    }

    /** The BatchNormalization after a convolution, or null where there is none or it has to stay. */
    private String normalisationToTakeIn(String vertex) {
        for (String consumer : draft.consumers(vertex)) {
            if (draft.isA(BatchNormalization.class, consumer)) {
                Optional<String> obstacle = obstacle(new Chain(draft, vertex, consumer));
                if (obstacle.isEmpty()) {
                    return consumer;
                }
                leave(consumer, obstacle.get());
            }
        }
        return null;
    }

    private Optional<String> obstacle(Chain chain) {
        BatchNormalization norm = (BatchNormalization) draft.layer(chain.second());
        return chain.obstacle()
                .or(chain::activationBetween)
                .or(chain::otherFormat)
                .or(() -> only(norm.isLockGammaBeta(), "it locks gamma and beta"))
                .or(() -> only(!norm.isMinibatch(), "it does not normalise by the batch in training"))
                .or(() -> only(draft.isFrozen(chain.second()), "it is frozen"));
    }

    private static Optional<String> only(boolean holds, String obstacle) {
        return holds ? Optional.of(obstacle) : Optional.empty();
    }

    private Map<String, INDArray> parameters(Original original, Convolution2DBlock block) {
        NeuralNetConfiguration configuration = new NeuralNetConfiguration();
        configuration.setLayer(block);
        INDArray flat = Nd4j.create(DataType.DOUBLE, 1, block.initializer().numParams(block));
        Map<String, INDArray> parameters =
                new LinkedHashMap<>(block.initializer().init(configuration, flat, true));
        target.keep(original, block, parameters);
        return parameters;
    }

    ConversionReport report() {
        return new ConversionReport(replaced, stayed);
    }
}
