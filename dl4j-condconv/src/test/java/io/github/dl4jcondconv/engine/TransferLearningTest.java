package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Sample;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** All kinds of layers; a network without {@link MultiInputVertex} may as well use DL4J's TransferLearning itself. */
class TransferLearningTest {
    private static ComputationGraph trained(Sample sample) {
        ComputationGraph net = sample.net(DataType.FLOAT, new Sgd(0.1));
        net.fit(sample.batch(DataType.FLOAT, 4));
        return net;
    }

    private static ComputationGraph frozenUpTo(String vertex, ComputationGraph net) {
        return MultiInputVertex.transferLearning(net)
                .setFeatureExtractor(vertex)
                .build();
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aFrozenLayerKeepsItsParametersAndItsState(Sample sample) {
        ComputationGraph frozen = frozenUpTo("layer", trained(sample));
        INDArray before = frozen.getLayer("layer").params().dup();
        frozen.fit(sample.batch(DataType.FLOAT, 4));
        assertThat(frozen.getLayer("layer").params()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void freezingKeepsTheAnswer(Sample sample) {
        ComputationGraph net = trained(sample);
        INDArray features = sample.batch(DataType.FLOAT, 3).getFeatures();
        assertThat(frozenUpTo("layer", net).outputSingle(features)).isEqualTo(net.outputSingle(features));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aFrozenLayerAnswersInTrainingAsAtInference(Sample sample) {
        ComputationGraph frozen = frozenUpTo("layer", trained(sample));
        INDArray features = sample.batch(DataType.FLOAT, 3).getFeatures();
        assertThat(frozen.feedForward(features, true).get("layer"))
                .isEqualTo(frozen.feedForward(features, false).get("layer"));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void theLayerTrainsWhereOnlyWhatComesBeforeIsFrozen(Sample sample) {
        ComputationGraph net = frozenUpTo("before", trained(sample));
        INDArray before = net.getLayer("layer").params().dup();
        net.fit(sample.batch(DataType.FLOAT, 4));
        assertThat(net.getLayer("layer").params()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aReplacedOutputLayerKeepsWhatComesBefore(Sample sample) {
        ComputationGraph net = trained(sample);
        ComputationGraph changed = MultiInputVertex.transferLearning(net)
                .removeVertexAndConnections("out")
                .addLayer(
                        "newOut",
                        new OutputLayer.Builder()
                                .nIn(net.getParam("out_W").size(0))
                                .nOut(SmallNets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        net.getConfiguration().getVertexInputs().get("out").get(0))
                .setOutputs("newOut")
                .build();
        INDArray features = sample.batch(DataType.FLOAT, 3).getFeatures();
        assertThat(changed.feedForward(features, false).get("layer"))
                .isEqualTo(net.feedForward(features, false).get("layer"));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aFineTunedNetworkAnswersAsBefore(Sample sample) {
        ComputationGraph net = trained(sample);
        ComputationGraph tuned = MultiInputVertex.transferLearning(net)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.01))
                        .build())
                .build();
        INDArray features = sample.batch(DataType.FLOAT, 3).getFeatures();
        assertThat(tuned.outputSingle(features)).isEqualTo(net.outputSingle(features));
    }
}
