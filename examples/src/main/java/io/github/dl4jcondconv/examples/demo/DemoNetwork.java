package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.examples.demo.BlockKind.Block;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.CycleSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * The one small network of the demo, the same for every kind of block: three blocks of stride 2, pooling, softmax.
 */
final class DemoNetwork {

    private static final int[] WIDTHS = {16, 32, 64};
    private static final int STRIDE = 2;
    private static final double LEARNING_RATE = 0.01;
    private static final double WEIGHT_DECAY = 1e-4;

    private DemoNetwork() {}

    /**
     * @param kind what the network is made of
     * @param images size of the images
     * @param classes number of classes
     * @param steps of training that the schedules span
     * @param seed of the first weights
     */
    static ComputationGraphConfiguration configuration(
            BlockKind kind, InputType images, int classes, int steps, long seed) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam(oneCycle(steps)))
                .weightInit(WeightInit.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .l2(WEIGHT_DECAY)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(images);
        String features = "image";
        for (int i = 0; i < WIDTHS.length; i++) {
            Block block = new Block(i + 1, WIDTHS[i], STRIDE, steps);
            features = kind.add(builder, features, block);
        }
        return builder.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), features)
                .addLayer(
                        "class",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(classes)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("class")
                .build();
    }

    /**
     * Up, down and a short tail: a learning rate that needs few epochs (Smith, "A disciplined approach to neural
     * network hyper-parameters", 2018). It is DL4J's own, so that a fused model needs no class of ours.
     */
    private static ISchedule oneCycle(int steps) {
        return new CycleSchedule(ScheduleType.ITERATION, LEARNING_RATE / 10, LEARNING_RATE, steps, steps / 10, 0.97);
    }
}
