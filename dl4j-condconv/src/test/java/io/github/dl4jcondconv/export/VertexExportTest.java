package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;

class VertexExportTest {
    private static long[] shape(CNN2DFormat format) {
        return format == CNN2DFormat.NCHW ? new long[] {4, 8, 6} : new long[] {8, 6, 4};
    }

    private static ConvolutionLayer convolution(CNN2DFormat format, int nOut) {
        return new ConvolutionLayer.Builder(1, 1)
                .nIn(4)
                .nOut(nOut)
                .dataFormat(format)
                .activation(Activation.TANH)
                .build();
    }

    /** Two convolutions "a" and "b" of one input. */
    private static GraphBuilder branches(CNN2DFormat format) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .graphBuilder()
                .allowDisconnected(true)
                .addInputs("in")
                .addLayer("a", convolution(format, 4), "in")
                .addLayer("b", convolution(format, 4), "in");
    }

    private static void assertVertexExports(CNN2DFormat format, GraphVertex vertex, String... from) throws Exception {
        assertExports(Graphs.init(branches(format).addVertex("v", vertex, from).setOutputs("v")), shape(format));
    }

    private static void assertVertexOfVectorsExports(GraphVertex vertex) throws Exception {
        assertExports(
                Graphs.init(new NeuralNetConfiguration.Builder()
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer(
                                "dense", new DenseLayer.Builder().nIn(3).nOut(6).build(), "in")
                        .addVertex("v", vertex, "dense")
                        .setOutputs("v")),
                3);
    }

    @ParameterizedTest
    @CsvSource({
        "Add,NCHW",
        "Add,NHWC",
        "Average,NCHW",
        "Average,NHWC",
        "Product,NCHW",
        "Product,NHWC",
        "Max,NCHW",
        "Max,NHWC"
    })
    void elementWiseOfThreeAgrees(ElementWiseVertex.Op op, CNN2DFormat format) throws Exception {
        assertVertexExports(format, new ElementWiseVertex(op), "a", "b", "in");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void differenceAgrees(CNN2DFormat format) throws Exception {
        assertVertexExports(format, new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "a", "b");
    }

    @Test
    void productWithAPooledImageIsBroadcast() throws Exception {
        GraphBuilder builder = branches(CNN2DFormat.NCHW)
                .addLayer(
                        "pooled",
                        new GlobalPoolingLayer.Builder(PoolingType.AVG)
                                .collapseDimensions(false)
                                .build(),
                        "b")
                .addVertex("v", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "pooled")
                .setOutputs("v");
        assertExports(Graphs.init(builder), shape(CNN2DFormat.NCHW));
    }

    @ParameterizedTest
    @CsvSource({"NCHW,1", "NCHW,2", "NHWC,3", "NHWC,1"})
    void mergeAgreesOnEveryAxis(CNN2DFormat format, int axis) throws Exception {
        MergeVertex merge = new MergeVertex();
        merge.setMergeAxis(axis);
        assertVertexExports(format, merge, "a", "in", "b");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void subsetAgrees(CNN2DFormat format) throws Exception {
        assertVertexExports(format, new SubsetVertex(1, 2), "a");
    }

    @Test
    void subsetOfVectorsAgrees() throws Exception {
        assertVertexOfVectorsExports(new SubsetVertex(2, 4));
    }

    @Test
    void scaleAgrees() throws Exception {
        assertVertexExports(CNN2DFormat.NHWC, new ScaleVertex(0.17), "a");
    }

    @Test
    void shiftAgrees() throws Exception {
        assertVertexExports(CNN2DFormat.NHWC, new ShiftVertex(-3.5), "a");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void l2NormalizationAgrees(CNN2DFormat format) throws Exception {
        assertVertexExports(format, new L2NormalizeVertex(), "a");
    }

    @Test
    void l2NormalizationOfVectorsAgrees() throws Exception {
        assertVertexOfVectorsExports(new L2NormalizeVertex(new int[] {1}, 1e-6));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void distanceAgrees(CNN2DFormat format) throws Exception {
        assertVertexExports(format, new L2Vertex(), "a", "b");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void reshapePreprocessorAgrees(CNN2DFormat format) throws Exception {
        InputPreProcessor reshape = new ReshapePreprocessor(shape(format), new long[] {16, 12}, false);
        assertVertexExports(format, new PreprocessorVertex(reshape), "a");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void permutePreprocessorAgrees(CNN2DFormat format) throws Exception {
        assertVertexExports(format, new PreprocessorVertex(new PermutePreprocessor(3, 1, 2)), "a");
    }

    @Test
    void stackAgrees() throws Exception {
        assertVertexExports(CNN2DFormat.NHWC, new StackVertex(), "a", "b", "in");
    }

    @Test
    void unstackTakesItsPart() throws Exception {
        GraphBuilder builder = branches(CNN2DFormat.NCHW)
                .addVertex("stack", new StackVertex(), "a", "b", "in")
                .addVertex("v", new UnstackVertex(1, 3), "stack")
                .setOutputs("v");
        assertExports(Graphs.init(builder), shape(CNN2DFormat.NCHW));
    }

    @Test
    void reshapeAgrees() throws Exception {
        assertVertexExports(CNN2DFormat.NHWC, new ReshapeVertex(-1, 8, 24), "a");
    }

    @Test
    void poolHelperAgrees() throws Exception {
        assertVertexExports(CNN2DFormat.NCHW, new PoolHelperVertex(), "a");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void preprocessorVertexAgrees(CNN2DFormat format) throws Exception {
        assertVertexExports(format, new PreprocessorVertex(new CnnToFeedForwardPreProcessor(8, 6, 4, format)), "a");
    }

    @Test
    void frozenVertexAgrees() throws Exception {
        assertVertexExports(CNN2DFormat.NCHW, new FrozenVertex(new ScaleVertex(2)), "a");
    }

    @Test
    void severalInputsAndOutputsAgree() throws Exception {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("left", "right")
                .addLayer("a", convolution(CNN2DFormat.NHWC, 3), "left")
                .addLayer("b", convolution(CNN2DFormat.NHWC, 3), "right")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .addLayer(
                        "max",
                        new SubsamplingLayer.Builder(2, 2)
                                .dataFormat(CNN2DFormat.NHWC)
                                .build(),
                        "sum")
                .addLayer(
                        "pooled",
                        new GlobalPoolingLayer.Builder().poolingDimensions(1, 2).build(),
                        "max")
                .setOutputs("pooled", "sum", "b");
        assertExports(Graphs.init(builder), shape(CNN2DFormat.NHWC));
    }

    @Test
    void anActivationLayerLeavesItsInputToOtherReaders() throws Exception {
        GraphBuilder builder = branches(CNN2DFormat.NCHW)
                .addLayer("act", new ActivationLayer(Activation.RELU), "a")
                .addVertex("v", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "act")
                .setOutputs("v");
        assertExports(Graphs.init(builder), shape(CNN2DFormat.NCHW));
    }

    @Test
    void layersOfDifferentFormatsAgree() throws Exception {
        GraphBuilder builder = branches(CNN2DFormat.NHWC)
                .addLayer(
                        "rows",
                        new ConvolutionLayer.Builder(1, 1)
                                .nIn(8)
                                .nOut(3)
                                .dataFormat(CNN2DFormat.NCHW)
                                .build(),
                        "a")
                .setOutputs("rows");
        assertExports(Graphs.init(builder), shape(CNN2DFormat.NHWC));
    }
}
