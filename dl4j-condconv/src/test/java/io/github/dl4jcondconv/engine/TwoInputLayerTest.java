package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GatedLayer;
import io.github.dl4jcondconv.testing.GradientCheck;
import io.github.dl4jcondconv.testing.ProbeNets;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.ops.transforms.Transforms;

@ExtendWith(DoublePrecision.class)
class TwoInputLayerTest {
    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 4);

    private static ComputationGraph net() {
        return ProbeNets.gated(SmallNets.global(DataType.DOUBLE, new NoOp()));
    }

    @Test
    void bothInputsReachTheLayer() {
        ComputationGraph net = net();
        Map<String, INDArray> activations = net.feedForward(batch.getFeatures(), false);
        INDArray expected = Transforms.tanh(
                activations.get("before").mmul(net.getParam("layer_W")).mul(activations.get("gate")));
        // Sums of five products near 1
        assertThat(activations.get("layer")).isWithin(1e-14, expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkspaceMode.class,
            names = {"NONE", "ENABLED"})
    void gradientsReachBothInputs(WorkspaceMode mode) {
        ComputationGraph net = ProbeNets.gated(SmallNets.global(DataType.DOUBLE, new NoOp())
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode));
        assertThat(GradientCheck.holds(net, batch)).isTrue();
    }

    @Test
    void oneVertexMayBeBothInputs() {
        var builder = SmallNets.global(DataType.DOUBLE, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(ProbeNets.FEATURES))
                .addLayer("before", new DenseLayer.Builder().nOut(3).build(), "in");
        MultiInputVertex.addLayer(builder, "layer", new GatedLayer.Builder().build(), "before", "before");
        ComputationGraph net = SmallNets.built(builder.addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .activation(Activation.SOFTMAX)
                                .nOut(SmallNets.CLASSES)
                                .build(),
                        "layer")
                .setOutputs("out"));
        assertThat(GradientCheck.holds(net, batch)).isTrue();
    }

    @Test
    void aWrongNumberOfInputsIsRejected() {
        var builder = SmallNets.global(DataType.DOUBLE, new NoOp()).graphBuilder();
        GatedLayer layer = new GatedLayer.Builder().name("gated").build();
        assertThatThrownBy(() -> MultiInputVertex.addLayer(builder, "vertex", layer, "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("GatedLayer \"gated\" as vertex \"vertex\" is given 1 inputs [a], it takes 2");
    }

    @Test
    void aSecondInputThatDoesNotFitIsRejectedByTheLayer() {
        var builder = SmallNets.global(DataType.DOUBLE, new NoOp())
                .graphBuilder()
                .addInputs("a", "b")
                .setInputTypes(InputType.feedForward(2), InputType.feedForward(5));
        MultiInputVertex.addLayer(builder, "layer", new GatedLayer.Builder().build(), "a", "b");
        ComputationGraph net = SmallNets.built(builder.setOutputs("layer").validateOutputLayerConfig(false));
        assertThatThrownBy(() -> net.output(Nd4j.ones(DataType.DOUBLE, 1, 2), Nd4j.ones(DataType.DOUBLE, 1, 5)))
                .hasMessage("GatedLayer \"layer\": gate is [1, 5], allowed: nOut = 3 columns");
    }
}
