package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertEqual;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

class SetParametersTest {
    private final INDArray features = ProbeNets.batch(DataType.FLOAT, 3).getFeatures();
    private final ComputationGraph net = ProbeNets.around(new ProbeLayer.Builder().build(), DataType.FLOAT, new NoOp());
    private final Layer layer = net.getLayer("layer");

    @ParameterizedTest
    @ValueSource(strings = {"W", "b", "gamma", "mean"})
    void setParamOfTheNetworkAssigns(String name) {
        INDArray value =
                Nd4j.randn(DataType.FLOAT, net.getParam("layer_" + name).shape());
        net.setParam("layer_" + name, value);
        assertThat(net.getParam("layer_" + name)).isEqualTo(value);
    }

    @Test
    void setParamTableOfTheNetworkAssigns() {
        Map<String, INDArray> values = randomLike(net.paramTable());
        net.setParamTable(values);
        assertEqual(net.paramTable(), values);
    }

    @Test
    void setParamTableOfTheLayerAssigns() {
        Map<String, INDArray> values = randomLike(layer.paramTable());
        layer.setParamTable(values);
        assertThat(net.getParam("layer_W")).isEqualTo(values.get("W"));
    }

    @Test
    void setParamsOfTheLayerAssigns() {
        INDArray values = Nd4j.randn(DataType.FLOAT, 1, layer.numParams());
        layer.setParams(values);
        assertThat(net.getParam("layer_W"))
                .isEqualTo(values.reshape(layer.numParams())
                        .get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 15))
                        .reshape('c', 5, 3));
    }

    @Test
    void setParamsOfTheNetworkAssigns() {
        INDArray values = Nd4j.randn(DataType.FLOAT, 1, net.numParams());
        net.setParams(values);
        assertThat(net.params().reshape(net.numParams())).isEqualTo(values.reshape(net.numParams()));
    }

    @Test
    void aSetParameterChangesTheOutputAtOnce() {
        INDArray before = net.outputSingle(features);
        net.setParam("layer_b", Nd4j.createFromArray(1f, -2f, 3f));
        assertThat(net.outputSingle(features)).isNotEqualTo(before);
    }

    @Test
    void aWrongShapeIsRejected() {
        assertThatThrownBy(() -> layer.setParam("b", Nd4j.zeros(DataType.FLOAT, 7)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Map<String, INDArray> randomLike(Map<String, INDArray> table) {
        Map<String, INDArray> values = new LinkedHashMap<>();
        table.forEach((name, p) -> values.put(name, Nd4j.randn(p.dataType(), p.shape())));
        return values;
    }
}
