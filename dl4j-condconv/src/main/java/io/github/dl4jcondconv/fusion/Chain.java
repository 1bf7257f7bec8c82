package io.github.dl4jcondconv.fusion;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Two vertices in a row, and what keeps them from becoming one. An obstacle is a reason in words; none means that the
 * first may take the place of the second.
 */
public record Chain(NetworkDraft draft, String first, String second) {

    /** The chain that ends in {@code second}. */
    public static Chain into(NetworkDraft draft, String second) {
        return new Chain(draft, draft.input(second), second);
    }

    /** Whatever else in the network sees the value between the two. */
    public Optional<String> obstacle() {
        if (draft.isNetworkInput(first)) {
            return Optional.of("it reads the network's input \"" + first + "\"");
        }
        if (draft.preProcessor(second) != null) {
            return Optional.of(
                    "the preprocessor " + draft.preProcessor(second).getClass().getSimpleName() + " stands between \""
                            + first + "\" and it");
        }
        return somebodyElseSees(first);
    }

    private Optional<String> somebodyElseSees(String vertex) {
        if (draft.isNetworkOutput(vertex)) {
            return Optional.of("\"" + vertex + "\" is an output of the network");
        }
        List<String> others = draft.consumers(vertex);
        others.remove(second);
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of("\"" + vertex + "\" is read by " + quoted(others) + " too");
    }

    /** An activation of the first, which would have to come after the second. */
    public Optional<String> activationBetween() {
        IActivation activation = Activations.of(draft.layer(first));
        return activation == null || activation instanceof ActivationIdentity
                ? Optional.empty()
                : Optional.of("\"" + first + "\" applies the activation " + activation + " first");
    }

    /** Noise on the bias of the layer that is to take the other in: DL4J draws it at inference as well. */
    Optional<String> noiseOnBias(String host) {
        Object noise = draft.layer(host) instanceof BaseLayer layer ? layer.getWeightNoise() : null;
        boolean harmless = noise == null
                || noise instanceof WeightNoise w && !w.isApplyToBias()
                || noise instanceof DropConnect d && !d.isApplyToBiases();
        return harmless
                ? Optional.empty()
                : Optional.of("\"" + host + "\" has " + noise.getClass().getSimpleName()
                        + " on its bias, which acts at inference too");
    }

    /** Images that the one keeps channels first and the other channels last. */
    public Optional<String> otherFormat() {
        return DataFormats.agree(draft, List.of(first, second))
                ? Optional.empty()
                : Optional.of("\"" + first + "\" and \"" + second + "\" differ in data format");
    }

    /** Makes the two one layer, with the name of the second, that reads what the first reads. */
    public void fuse(Layer layer, Map<String, INDArray> parameters) {
        draft.fuse(List.of(first), second, layer, parameters);
    }

    static String quoted(List<String> names) {
        return "\"" + String.join("\", \"", names) + "\"";
    }
}
