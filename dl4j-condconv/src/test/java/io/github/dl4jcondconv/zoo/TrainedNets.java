package io.github.dl4jcondconv.zoo;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Networks of the zoo as training leaves them. */
public final class TrainedNets {
    private static final double HALF = 0.5;

    private TrainedNets() {}

    /**
     * The network after a step on random images. The running statistics move half of the way to those of the images. With
     * ones that fit less the activations of so many layers grow or vanish, and the softmax hides every difference; ones
     * that fit entirely scale up channels that hardly vary, with their rounding.
     */
    public static ComputationGraph afterOneStep(ZooNetwork network, int batch) {
        ComputationGraphConfiguration conf = network.conf();
        conf.getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(v -> ((LayerVertex) v).getLayerConf().getLayer())
                .forEach(TrainedNets::halveTheFirstStatistics);
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        INDArray labels = Nd4j.zeros(DataType.FLOAT, batch, network.numClasses());
        labels.putScalar(0, 0, 1).putScalar(1, 1, 1);
        graph.fit(new DataSet(images(network, batch), labels));
        return graph;
    }

    private static void halveTheFirstStatistics(Layer layer) {
        if (layer instanceof BatchNormalization norm) {
            norm.setDecay(HALF);
        } else if (layer instanceof AsymmetricConvBlock block) {
            block.setDecay(HALF);
        }
    }

    /** Random images of the network's size. */
    public static INDArray images(ZooNetwork network, int batch) {
        Nd4j.getRandom().setSeed(network.modelName().hashCode());
        long[] shape = network.inputType().getShape(true);
        shape[0] = batch;
        return Nd4j.rand(DataType.FLOAT, shape);
    }
}
