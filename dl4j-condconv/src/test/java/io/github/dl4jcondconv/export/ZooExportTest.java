package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.TOLERANCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Networks that others wrote: three small ones by default, all of them with {@code -Dzoo.all}. */
class ZooExportTest {
    private static final int CLASSES = 20;
    private static final Logger log = LoggerFactory.getLogger(ZooExportTest.class);

    /** A model and the input it is tried with, smaller than its own where that saves memory. */
    record Case(ZooModel<?> model, int... shape) {
        ComputationGraph graph() {
            model.setInputShape(new int[][] {shape});
            Model network = model.init();
            return network instanceof MultiLayerNetwork layers
                    ? layers.toComputationGraph()
                    : (ComputationGraph) network;
        }

        @Override
        public String toString() {
            return model.getClass().getSimpleName() + Arrays.toString(shape);
        }
    }

    static List<Case> small() {
        return List.of(
                new Case(LeNet.builder().numClasses(CLASSES).build(), 1, 28, 28),
                new Case(SimpleCNN.builder().numClasses(CLASSES).build(), 3, 48, 48),
                new Case(SqueezeNet.builder().numClasses(CLASSES).build(), 3, 67, 67));
    }

    static List<Case> cases() {
        return Boolean.getBoolean("zoo.all") ? all() : small();
    }

    static List<Case> all() {
        return List.of(
                new Case(LeNet.builder().numClasses(CLASSES).build(), 1, 28, 28),
                new Case(SimpleCNN.builder().numClasses(CLASSES).build(), 3, 48, 48),
                new Case(SqueezeNet.builder().numClasses(CLASSES).build(), 3, 227, 227),
                new Case(AlexNet.builder().numClasses(CLASSES).build(), 3, 224, 224),
                new Case(VGG16.builder().numClasses(CLASSES).build(), 3, 64, 64),
                new Case(VGG19.builder().numClasses(CLASSES).build(), 3, 64, 64),
                new Case(ResNet50.builder().numClasses(CLASSES).build(), 3, 128, 128),
                new Case(Darknet19.builder().numClasses(CLASSES).build(), 3, 128, 128),
                new Case(Xception.builder().numClasses(CLASSES).build(), 3, 128, 128),
                new Case(UNet.builder().build(), 3, 64, 64),
                new Case(InceptionResNetV1.builder().numClasses(CLASSES).build(), 3, 160, 160),
                new Case(FaceNetNN4Small2.builder().numClasses(CLASSES).build(), 3, 96, 96),
                new Case(TinyYOLO.builder().numClasses(CLASSES).build(), 3, 128, 128),
                new Case(YOLO2.builder().numClasses(CLASSES).build(), 3, 128, 128));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agrees(Case zoo, @TempDir Path directory) throws Exception {
        ComputationGraph graph = zoo.graph();
        Agreement.randomize(graph, 11);
        Path file = directory.resolve("model.onnx");
        ExportReport report = OnnxExporter.export(graph, file);
        double difference = 0;
        try (OnnxModel model = new OnnxModel(file)) {
            for (int batch : new int[] {1, 3}) {
                long[] shape = {batch, zoo.shape()[0], zoo.shape()[1], zoo.shape()[2]};
                INDArray input = Nd4j.rand(DataType.FLOAT, shape);
                difference = Math.max(difference, Agreement.difference(graph, model, input));
            }
        }
        log.info(
                "{}: difference {}, {} MB, {} vertices, {} nodes, {} s",
                zoo,
                String.format("%.1e", difference),
                String.format("%.1f", report.bytes() / 1e6),
                report.vertices(),
                report.nodes(),
                String.format("%.2f", report.seconds()));
        assertThat(difference).isLessThan(TOLERANCE);
    }
}
