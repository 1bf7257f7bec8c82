package io.github.dl4jcondconv.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dl4jcondconv.export.UnsupportedModelException.Problem;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

class ExportErrorsTest {
    @TempDir
    Path directory;

    /** An activation that only its author knows. */
    static final class Secret extends BaseActivationFunction {
        private static final long serialVersionUID = 1L;

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            return in;
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            return Pair.of(epsilon, null);
        }
    }

    private static ConvolutionLayer.Builder convolution() {
        return new ConvolutionLayer.Builder(3, 3).nIn(2).nOut(2);
    }

    private static ComputationGraph valid() {
        return Graphs.of(convolution().build());
    }

    private Path target() {
        return directory.resolve("model.onnx");
    }

    private UnsupportedModelException refused(ComputationGraph graph) {
        return catchThrowableOfType(UnsupportedModelException.class, () -> OnnxExporter.export(graph, target()));
    }

    /** A convolution with a secret activation, an undefined norm and a dilated average. */
    private static ComputationGraph threeTimesUnsupported() {
        return Graphs.init(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", convolution().activation(new Secret()).build(), "in")
                .addVertex("norm", new L2NormalizeVertex(new int[] {3}, 1e-8), "conv")
                .addLayer(
                        "pool",
                        new SubsamplingLayer.Builder(PoolingType.AVG)
                                .dilation(2, 2)
                                .build(),
                        "norm")
                .setOutputs("pool"));
    }

    @Test
    void everyUnsupportedVertexIsListed() {
        assertThat(refused(threeTimesUnsupported()).problems())
                .extracting(Problem::vertex)
                .containsExactly("conv", "norm", "pool");
    }

    @Test
    void theMessageNamesVertexAndClass() {
        assertThat(refused(threeTimesUnsupported()))
                .hasMessageContainingAll("\"conv\"", Secret.class.getName(), "\"norm\"", "\"pool\"", "AVG");
    }

    @Test
    void nothingIsWrittenForAnUnsupportedGraph() {
        refused(threeTimesUnsupported());
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void recurrentLayersVerticesAndPreprocessorsAreListed() {
        ComputationGraph graph = Graphs.init(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("lstm", new LSTM.Builder().nIn(3).nOut(4).build(), "in")
                .addVertex("last", new LastTimeStepVertex("in"), "lstm")
                .addLayer(
                        "out",
                        new OutputLayer.Builder().nIn(4).nOut(2).build(),
                        new RnnToFeedForwardPreProcessor(),
                        "last")
                .setOutputs("out"));
        assertThat(refused(graph).problems())
                .extracting(Problem::type)
                .contains(
                        LSTM.class.getName(),
                        LastTimeStepVertex.class.getName(),
                        RnnToFeedForwardPreProcessor.class.getName());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void parametersThatAreNotFiniteAreNamed(float value) {
        ComputationGraph graph = valid();
        graph.getLayer("0").getParam("b").putScalar(1, value);
        assertThat(refused(graph))
                .hasMessageContainingAll("\"0\"", ConvolutionLayer.class.getName(), "parameter b", "NaN");
    }

    @Test
    void aDeconvolutionThatSpreadsItsPixelsIsRefused() {
        ComputationGraph graph = Graphs.of(new Deconvolution2D.Builder(1, 1)
                .stride(3, 3)
                .convolutionMode(ConvolutionMode.Same)
                .nIn(2)
                .nOut(2)
                .build());
        assertThat(refused(graph)).hasMessageContaining("a stride more than one larger");
    }

    @Test
    void anInputOfUnknownShapeAsksForItsType() {
        ComputationGraph graph = Graphs.of(new ActivationLayer(Activation.RELU));
        assertThat(refused(graph)).hasMessageContainingAll("\"in\"", "OnnxOptions.withInputType");
    }

    @Test
    void aGraphThatIsNotInitialisedIsRefused() {
        ComputationGraphConfiguration configuration = valid().getConfiguration();
        assertThatThrownBy(() -> OnnxExporter.export(new ComputationGraph(configuration), target()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("init()");
    }

    @Test
    void anExistingFileIsRefused() throws Exception {
        Files.createFile(target());
        assertThatThrownBy(() -> OnnxExporter.export(valid(), target())).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aTypeForAnInputThatDoesNotExistIsRefused() {
        OnnxOptions options = OnnxOptions.DEFAULT.withInputType("image", InputType.convolutional(8, 8, 2));
        assertThatThrownBy(() -> OnnxExporter.export(valid(), target(), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("\"image\"", "[in]");
    }

    @Test
    void aTypeWithOtherChannelsIsRefused() {
        OnnxOptions options = OnnxOptions.DEFAULT.withInputType("in", InputType.convolutional(8, 8, 3));
        assertThatThrownBy(() -> OnnxExporter.export(valid(), target(), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 channels");
    }

    @Test
    void aSequenceIsNoInputType() {
        OnnxOptions options = OnnxOptions.DEFAULT.withInputType("in", InputType.recurrent(3));
        assertThatThrownBy(() -> OnnxExporter.export(valid(), target(), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a vector or an image");
    }

    @Test
    void anIntermediateScaleDoesNotHideTheInput() throws Exception {
        ComputationGraph graph = Graphs.init(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addVertex("scaled", new ScaleVertex(2), "in")
                .addLayer("conv", convolution().build(), "scaled")
                .setOutputs("conv"));
        Agreement.assertExports(graph, 2, 6, 6);
    }
}
