package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertEqual;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.Sample;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInitRelu;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

class CloneTest {
    private static ComputationGraph net(Sample sample) {
        return sample.net(DataType.FLOAT, new Sgd(0.1));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aClonedNetworkAnswersTheSame(Sample sample) {
        ComputationGraph net = net(sample);
        INDArray features = sample.batch(DataType.FLOAT, 3).getFeatures();
        assertThat(net.clone().outputSingle(features)).isEqualTo(net.outputSingle(features));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void trainingACloneLeavesTheOriginalAlone(Sample sample) {
        ComputationGraph net = net(sample);
        DataSet batch = sample.batch(DataType.FLOAT, 3);
        INDArray before = net.outputSingle(batch.getFeatures());
        net.clone().fit(batch);
        assertThat(net.outputSingle(batch.getFeatures())).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aClonedConfigurationIsEqual(Sample sample) {
        ComputationGraph net = net(sample);
        assertThat(net.getConfiguration().clone()).isEqualTo(net.getConfiguration());
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aClonedLayerHasItsOwnParameters(Sample sample) {
        Layer layer = net(sample).getLayer("layer");
        Layer clone = ((BlockLayer) layer).clone();
        INDArray before = layer.params().dup();
        clone.params().addi(1);
        assertThat(layer.params()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aClonedLayerHasTheSameParameters(Sample sample) {
        Layer layer = net(sample).getLayer("layer");
        assertEqual(((BlockLayer) layer).clone().paramTable(), layer.paramTable());
    }

    @Test
    void aClonedConfigurationHasItsOwnArrays() {
        CondConv2D conf = new CondConv2D.Builder(3, 3).nOut(2).build();
        conf.clone().getKernelSize()[0] = 7;
        conf.clone().getStride()[0] = 7;
        conf.clone().getPadding()[0] = 7;
        conf.clone().getDilation()[0] = 7;
        assertThat(conf).isEqualTo(new CondConv2D.Builder(3, 3).nOut(2).build());
    }

    @Test
    void aClonedConfigurationHasItsOwnUpdater() {
        ProbeLayer conf = new ProbeLayer.Builder().updater(new Sgd(0.1)).build();
        ((Sgd) conf.clone().getUpdater()).setLearningRate(9);
        assertThat(((Sgd) conf.getUpdater()).getLearningRate()).isEqualTo(0.1);
    }

    @Test
    void aClonedConfigurationHasItsOwnInitialisations() {
        ProbeLayer conf =
                new ProbeLayer.Builder().weightInit("W", new WeightInitRelu()).build();
        conf.clone().getParamWeightInit().put("W", new WeightInitXavier());
        assertThat(conf.getParamWeightInit().get("W")).isEqualTo(new WeightInitRelu());
    }

    @Test
    void aClonedConfigurationHasItsOwnConstraints() {
        AsymmetricConvBlock conf = new AsymmetricConvBlock.Builder(3)
                .nOut(2)
                .constrainWeights(new MaxNormConstraint(1, 1, 2, 3))
                .build();
        conf.clone().getConstraints().get(0).getParams().clear();
        assertThat(conf.getConstraints().get(0).getParams()).containsExactlyInAnyOrder("Wsq", "Whor", "Wver");
    }
}
