package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.SampledConv2D;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A small network of grey images in three classes, of this library's blocks and a normalised convolution. */
public final class TinyModel {

    private TinyModel() {}

    /** Saves a network that has seen two batches, so that its running statistics are not the initial ones. */
    public static Path save(Path file) throws IOException {
        return save(file, CNN2DFormat.NCHW, 1);
    }

    static Path save(Path file, CNN2DFormat format, long seed) throws IOException {
        ComputationGraph graph = build(format, seed);
        Nd4j.getRandom().setSeed(seed);
        for (int step = 0; step < 2; step++) {
            INDArray images = format == CNN2DFormat.NCHW
                    ? Nd4j.rand(DataType.FLOAT, 6, 1, 28, 28)
                    : Nd4j.rand(DataType.FLOAT, 6, 28, 28, 1);
            INDArray labels = Nd4j.vstack(Nd4j.eye(3), Nd4j.eye(3)).castTo(DataType.FLOAT);
            graph.fit(new DataSet(images, labels));
        }
        graph.save(file.toFile());
        return file;
    }

    /** Saves a MultiLayerNetwork of a convolution, a normalisation, a conditional convolution, pooling and softmax. */
    static Path saveMultiLayerNetwork(Path file) throws IOException {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .convolutionMode(ConvolutionMode.Same)
                .list(
                        convolution(CNN2DFormat.NCHW),
                        new BatchNormalization.Builder().decay(0.5).build(),
                        conditional(CNN2DFormat.NCHW),
                        new GlobalPoolingLayer(PoolingType.AVG),
                        output())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build());
        network.init();
        INDArray labels = Nd4j.vstack(Nd4j.eye(3), Nd4j.eye(3)).castTo(DataType.FLOAT);
        network.fit(new DataSet(Nd4j.rand(DataType.FLOAT, 6, 1, 28, 28), labels));
        network.save(file.toFile());
        return file;
    }

    /** Saves a network of a sampled convolution, whose mask leaves out about half of all positions. */
    static Path saveSampled(Path file) throws IOException {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(1)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(28, 28, 1))
                .addLayer("sampled", new SampledConv2D.Builder(3).nOut(4).build(), "image")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "sampled")
                .addLayer("class", output(), "pool")
                .setOutputs("class")
                .build());
        graph.init();
        INDArray mask = graph.getParam("sampled_maskW");
        mask.assign(Nd4j.randn(DataType.FLOAT, mask.shape()));
        graph.getParam("sampled_maskb").assign(0);
        graph.save(file.toFile());
        return file;
    }

    /** Saves a network that reads sequences. */
    static Path saveRecurrent(Path file) throws IOException {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("words")
                .setInputTypes(InputType.recurrent(4, 5))
                .addLayer("lstm", new LSTM.Builder().nOut(3).build(), "words")
                .setOutputs("lstm")
                .build());
        graph.init();
        graph.save(file.toFile());
        return file;
    }

    private static ComputationGraph build(CNN2DFormat format, long seed) {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(28, 28, 1, format))
                .addLayer("conv", convolution(format), "image")
                .addLayer("norm", new BatchNormalization.Builder().decay(0.5).build(), "conv")
                .addLayer("asymmetric", asymmetric(format), "norm")
                .addLayer("conditional", conditional(format), "asymmetric")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conditional")
                .addLayer("class", output(), "pool")
                .setOutputs("class")
                .build());
        graph.init();
        return graph;
    }

    private static ConvolutionLayer convolution(CNN2DFormat format) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .stride(2, 2)
                .activation(Activation.IDENTITY)
                .dataFormat(format)
                .build();
    }

    private static AsymmetricConvBlock asymmetric(CNN2DFormat format) {
        return new AsymmetricConvBlock.Builder(3)
                .nOut(4)
                .activation(Activation.RELU)
                .dataFormat(format)
                .build();
    }

    private static CondConv2D conditional(CNN2DFormat format) {
        return new CondConv2D.Builder(3, 3)
                .nOut(4)
                .numExperts(2)
                .activation(Activation.RELU)
                .dataFormat(format)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build();
    }
}
