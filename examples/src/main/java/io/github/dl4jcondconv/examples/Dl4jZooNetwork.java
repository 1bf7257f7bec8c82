package io.github.dl4jcondconv.examples;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.model.AlexNet;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.FaceNetNN4Small2;
import org.deeplearning4j.zoo.model.InceptionResNetV1;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.VGG16;
import org.deeplearning4j.zoo.model.VGG19;
import org.deeplearning4j.zoo.model.Xception;
import org.deeplearning4j.zoo.model.YOLO2;

/**
 * A network of deeplearning4j-zoo, and the size of the images it is tried with.
 *
 * @param model its builder's result
 * @param size its own, or smaller where that saves memory
 */
record Dl4jZooNetwork(ZooModel<?> model, ImageSize size) {
    private static final int CLASSES = 20;

    /** The networks of two-dimensional convolutions that DL4J 1.0.0-M2.1 can initialise. */
    static List<Dl4jZooNetwork> all() {
        return List.of(
                of(LeNet.builder().numClasses(CLASSES).build(), "1x28x28"),
                of(AlexNet.builder().numClasses(CLASSES).build(), "3x224x224"),
                of(VGG16.builder().numClasses(CLASSES).build(), "3x64x64"),
                of(VGG19.builder().numClasses(CLASSES).build(), "3x64x64"),
                of(ResNet50.builder().numClasses(CLASSES).build(), "3x128x128"),
                of(SqueezeNet.builder().numClasses(CLASSES).build(), "3x227x227"),
                of(Darknet19.builder().numClasses(CLASSES).build(), "3x128x128"),
                of(Xception.builder().numClasses(CLASSES).build(), "3x128x128"),
                of(UNet.builder().build(), "3x64x64"),
                of(SimpleCNN.builder().numClasses(CLASSES).build(), "3x48x48"),
                of(InceptionResNetV1.builder().numClasses(CLASSES).build(), "3x160x160"),
                of(FaceNetNN4Small2.builder().numClasses(CLASSES).build(), "3x96x96"),
                of(TinyYOLO.builder().numClasses(CLASSES).build(), "3x128x128"),
                of(YOLO2.builder().numClasses(CLASSES).build(), "3x128x128"));
    }

    private static Dl4jZooNetwork of(ZooModel<?> model, String size) {
        return new Dl4jZooNetwork(model, ImageSize.parse(size));
    }

    String name() {
        return model.getClass().getSimpleName();
    }

    /** A new network with its initial parameters. */
    ComputationGraph init() {
        model.setInputShape(new int[][] {{size.channels(), size.height(), size.width()}});
        Model network = model.init();
        return network instanceof MultiLayerNetwork layers ? layers.toComputationGraph() : (ComputationGraph) network;
    }
}
