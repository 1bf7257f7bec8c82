package io.github.dl4jcondconv.testing;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.testdata.GoldenCase;
import io.github.dl4jcondconv.testdata.Tensor;
import io.github.dl4jcondconv.testdata.TestData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One golden case on our layer, through the calls by which DL4J runs a layer: forward, backward from the given upstream
 * gradient, and the step that subtracts the flat gradient from the parameters.
 */
public record GoldenRun(GoldenCase golden, DataType type, CNN2DFormat format) {

    /** All cases of a layer in both precisions, and in both data formats. */
    public static Stream<GoldenRun> all(Stream<GoldenCase> cases) {
        return cases.flatMap(c -> Stream.of(
                new GoldenRun(c, DataType.FLOAT, CNN2DFormat.NCHW),
                new GoldenRun(c, DataType.DOUBLE, CNN2DFormat.NCHW),
                new GoldenRun(c, DataType.DOUBLE, CNN2DFormat.NHWC)));
    }

    /** The same by the layer's name in the test data. */
    public static Stream<GoldenRun> all(String layer) {
        return all(TestData.goldenNames(layer).stream().map(name -> TestData.golden(layer, name)));
    }

    /** Gives a layer's builder what every convolution has. */
    public <T extends Convolution2DBlock.Builder<T>> T configure(T builder) {
        return builder.nOut(golden.tensor("output").shape()[1])
                .stride(golden.integers("stride"))
                .padding(golden.integers("padding"))
                .dilation(golden.integers("dilation"))
                .convolutionMode(ConvolutionMode.valueOf(golden.setting("mode")))
                .activation(Activation.valueOf(golden.setting("activation")));
    }

    /** Compares the output, every gradient and every running statistic that the case knows. */
    public void assertAgrees(SameDiffBlock layer, boolean training) {
        Map<String, INDArray> actual = run(layer, training);
        golden.tensors().forEach((name, expected) -> {
            if (name.equals("output") || name.contains(".")) {
                assertThat(actual.get(name)).as(name).isCloseTo(array(expected, DataType.DOUBLE), tolerance());
            }
        });
    }

    /**
     * FLOAT: the figure; the cases are those on which float32 itself is within 2e-6. DOUBLE: sums of at most a
     * few hundred products, each rounded at 1e-16, behind a division by a standard deviation that is not small.
     */
    private double tolerance() {
        return type == DataType.FLOAT ? 1e-5 : 1e-12;
    }

    private Map<String, INDArray> run(SameDiffBlock conf, boolean training) {
        List<INDArray> inputs = inputs();
        ComputationGraph net = net(conf, inputs);
        net.initGradientsView();
        Layer layer = net.getLayer("layer");
        layer.paramTable().keySet().forEach(name -> layer.setParam(name, array(golden.tensor(name), type)));

        LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
        GraphVertex vertex = net.getVertex("layer");
        for (int i = 0; i < inputs.size(); i++) {
            vertex.setInput(i, inputs.get(i), workspaces);
        }
        Map<String, INDArray> results = new LinkedHashMap<>();
        results.put("output", toNCHW(vertex.doForward(training, workspaces)));
        vertex.setEpsilon(toFormat(array(golden.tensor("upstream"), type)));
        Pair<Gradient, INDArray[]> back = vertex.doBackward(false, workspaces);

        results.put("grad.input", toNCHW(back.getSecond()[0]));
        for (int i = 1; i < inputs.size(); i++) {
            results.put("grad.input" + i, toNCHW(back.getSecond()[i]));
        }
        back.getFirst().gradientForVariable().forEach((name, g) -> results.put("grad." + name, g.dup()));
        if (net.numParams() > 0) {
            INDArray steps = net.getGradientsViewArray();
            net.params().subi(steps.reshape(steps.length()));
        }
        layer.paramTable().forEach((name, p) -> results.put("after." + name, p));
        return results;
    }

    private ComputationGraph net(SameDiffBlock conf, List<INDArray> inputs) {
        if (inputs.size() == 1) {
            return SmallNets.alone(conf, type, inputType());
        }
        long[] further = golden.tensor("input1").shape();
        return further.length == 2
                ? SmallNets.aloneWithVector(conf, type, inputType(), further[1])
                : SampledNets.alone(conf, type, (InputTypeConvolutional) inputType(), further[2], further[3]);
    }

    private InputType inputType() {
        long[] input = golden.tensor("input").shape();
        return input.length == 2
                ? InputType.feedForward(input[1])
                : InputType.convolutional(input[2], input[3], input[1], format);
    }

    private List<INDArray> inputs() {
        return Stream.of("input", "input1")
                .filter(golden.tensors()::containsKey)
                .map(name -> toFormat(array(golden.tensor(name), type)))
                .toList();
    }

    private INDArray toFormat(INDArray nchw) {
        return isImageInNHWC(nchw) ? nchw.permute(0, 2, 3, 1).dup('c') : nchw;
    }

    private INDArray toNCHW(INDArray array) {
        return isImageInNHWC(array) ? array.permute(0, 3, 1, 2) : array;
    }

    private boolean isImageInNHWC(INDArray array) {
        return array.rank() == 4 && format == CNN2DFormat.NHWC;
    }

    private static INDArray array(Tensor tensor, DataType type) {
        return Nd4j.create(tensor.values(), tensor.shape(), 'c').castTo(type);
    }

    @Override
    public String toString() {
        return golden + " " + type + " " + format;
    }
}
