package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.SmallNets.relativeDifference;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

@ExtendWith(DoublePrecision.class)
class StaticBiasTest {
    private static final InputType IMAGE = InputType.convolutional(6, 5, 2);
    private static final InputType VECTOR = InputType.feedForward(5);

    /**
     * Layers with and without static bias in pairs.
     *
     * @param with the layer that has one
     * @param without the same layer without it
     */
    record Pair(SameDiffBlock with, SameDiffBlock without, InputType input) {
        @Override
        public String toString() {
            return with.getClass().getSimpleName() + " " + with.initializer().paramKeys(with);
        }
    }

    static Stream<Pair> pairs() {
        return Stream.of(Mixing.KERNELS, Mixing.OUTPUTS)
                .flatMap(mixing -> Stream.of(true, false).flatMap(hasBias -> pairs(mixing, hasBias)));
    }

    private static Stream<Pair> pairs(Mixing mixing, boolean hasBias) {
        return Stream.of(
                new Pair(convolution(mixing, hasBias, true), convolution(mixing, hasBias, false), IMAGE),
                new Pair(depthwise(mixing, hasBias, true), depthwise(mixing, hasBias, false), IMAGE),
                new Pair(dense(mixing, hasBias, true), dense(mixing, hasBias, false), VECTOR));
    }

    /** DOUBLE: one more addition moves the result by no more than rounding. */
    @ParameterizedTest
    @MethodSource("pairs")
    void isAddedToTheOutputWhateverTheRouting(Pair pair) {
        ComputationGraph with = SmallNets.alone(pair.with, DataType.DOUBLE, pair.input);
        ComputationGraph without = SmallNets.alone(pair.without, DataType.DOUBLE, pair.input);
        INDArray bias = Nd4j.randn(with.getParam("layer_bs").shape());
        without.paramTable().forEach((name, value) -> with.getParam(name).assign(value));
        with.getParam("layer_bs").assign(bias);
        INDArray batch = SmallNets.batchOf(pair.input, DataType.DOUBLE, 3);
        INDArray expected = without.outputSingle(batch);
        long[] shape = expected.rank() == 4 ? new long[] {1, bias.length(), 1, 1} : new long[] {1, bias.length()};
        assertThat(relativeDifference(with.outputSingle(batch), expected.add(bias.reshape(shape))))
                .isLessThan(1e-14);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void costsNoMultiplyAdds(Pair pair) {
        SmallNets.alone(pair.with, DataType.DOUBLE, pair.input);
        SmallNets.alone(pair.without, DataType.DOUBLE, pair.input);
        assertThat(pair.with.multiplyAdds(pair.input)).isEqualTo(pair.without.multiplyAdds(pair.input));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aConfigurationThatDoesNotMentionItHasNone(Pair pair) throws JsonProcessingException {
        ObjectMapper json = NeuralNetConfiguration.mapper();
        ObjectNode tree = (ObjectNode) json.readTree(json.writeValueAsString(pair.without));
        tree.remove("staticBias");
        assertThat(json.treeToValue(tree, org.deeplearning4j.nn.conf.layers.Layer.class))
                .isEqualTo(pair.without);
    }

    private static CondConv2D convolution(Mixing mixing, boolean hasBias, boolean staticBias) {
        return new CondConv2D.Builder(3, 2)
                .nIn(2)
                .nOut(3)
                .numExperts(2)
                .mixing(mixing)
                .hasBias(hasBias)
                .staticBias(staticBias)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static DepthwiseCondConv2D depthwise(Mixing mixing, boolean hasBias, boolean staticBias) {
        return new DepthwiseCondConv2D.Builder(3, 2)
                .nIn(2)
                .depthMultiplier(2)
                .numExperts(2)
                .mixing(mixing)
                .hasBias(hasBias)
                .staticBias(staticBias)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static CondDense dense(Mixing mixing, boolean hasBias, boolean staticBias) {
        return new CondDense.Builder()
                .nIn(5)
                .nOut(3)
                .numExperts(2)
                .mixing(mixing)
                .hasBias(hasBias)
                .staticBias(staticBias)
                .activation(Activation.IDENTITY)
                .build();
    }
}
