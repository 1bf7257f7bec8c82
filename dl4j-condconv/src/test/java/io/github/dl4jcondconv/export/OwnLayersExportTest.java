package io.github.dl4jcondconv.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;

/** A network of this library's layers. */
class OwnLayersExportTest {
    @TempDir
    Path directory;

    private static ComputationGraph network() {
        ComputationGraph graph = Graphs.init(new NeuralNetConfiguration.Builder()
                .seed(9)
                .activation(Activation.RELU)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(16, 16, 3))
                .addLayer("acb", new AsymmetricConvBlock.Builder(3).nOut(8).build(), "image")
                .addLayer(
                        "cond",
                        new CondConv2D.Builder(3)
                                .nOut(12)
                                .stride(2)
                                .padding(1)
                                .numExperts(4)
                                .build(),
                        "acb")
                .addLayer("norm", new BatchNormalization(), "cond")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "norm")
                .addLayer(
                        "classes",
                        new OutputLayer.Builder()
                                .nOut(5)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("classes"));
        Agreement.randomize(graph, 2);
        return graph;
    }

    @Test
    void oneFileServesBatchesOf1And3And32() throws Exception {
        ComputationGraph graph = network();
        Path file = directory.resolve("model.onnx");
        OnnxExporter.export(graph, file);
        double worst = 0;
        try (OnnxModel model = new OnnxModel(file)) {
            for (int batch : new int[] {1, 3, 32}) {
                worst = Math.max(worst, Agreement.difference(graph, model, Agreement.examples(batch, 1, 3, 16, 16)));
            }
        }
        assertThat(worst).isLessThan(Agreement.TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNormalisationFoldedIntoExpertsIsExported(boolean hasBias) throws Exception {
        ComputationGraph graph = Graphs.of(
                new CondConv2D.Builder(3)
                        .nIn(3)
                        .nOut(6)
                        .numExperts(4)
                        .hasBias(hasBias)
                        .activation(Activation.IDENTITY)
                        .build(),
                new BatchNormalization.Builder().nIn(6).nOut(6).build());
        Agreement.randomize(graph, 3);
        ComputationGraph fused = GraphFuser.fuse(graph).graph();
        Path file = directory.resolve("fused.onnx");
        OnnxExporter.export(fused, file);
        try (OnnxModel model = new OnnxModel(file)) {
            assertThat(Agreement.difference(graph, model, Agreement.examples(3, 1, 3, 9, 8)))
                    .isLessThan(Agreement.TOLERANCE);
        }
    }

    static Stream<Class<?>> layers() {
        return new ClassFileImporter()
                .importPackages(CondConv2D.class.getPackageName()).stream()
                        .filter(c -> c.isAssignableTo(SameDiffBlock.class))
                        .filter(c -> !c.getModifiers().contains(JavaModifier.ABSTRACT))
                        .filter(c -> !c.reflect().isMemberClass())
                        .map(JavaClass::reflect);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void everyLayerHasAWriter(Class<?> layer) {
        WriterTable table = new WriterTable();
        OwnLayers.addTo(table);
        assertThat(table.find(layer)).isNotNull();
    }
}
