package io.github.dl4jcondconv.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.testing.OwnJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A fused network is a stock DL4J model: a JVM that has never heard of this library loads it and predicts. */
class StockClassPathTest {

    /** What the other JVM runs, from source, so that none of our compiled classes need be on its class path. */
    private static final String PREDICT = """
            import java.io.File;
            import org.deeplearning4j.nn.graph.ComputationGraph;
            import org.nd4j.linalg.factory.Nd4j;

            class Predict {
                public static void main(String[] files) throws Exception {
                    try {
                        Class.forName("io.github.dl4jcondconv.layers.AsymmetricConvBlock");
                        throw new IllegalStateException("the library is on the class path");
                    } catch (ClassNotFoundException expected) {
                        ComputationGraph network = ComputationGraph.load(new File(files[0]), true);
                        Nd4j.saveBinary(network.outputSingle(Nd4j.readBinary(new File(files[1]))), new File(files[2]));
                    }
                }
            }
            """;

    @Test
    void aJvmWithoutThisLibraryPredictsTheSame(@TempDir Path dir) throws Exception {
        ComputationGraph fused = GraphFuser.fuse(acnet()).graph();
        INDArray images = Networks.batch(fused);
        Path network = dir.resolve("fused.zip");
        Path features = dir.resolve("images.bin");
        Path answers = dir.resolve("answers.bin");
        Path program = Files.writeString(dir.resolve("Predict.java"), PREDICT);
        fused.save(network.toFile());
        Nd4j.saveBinary(images, features.toFile());

        OwnJvm.java(
                "-Xmx1g",
                "-cp",
                OwnJvm.classPath(StockClassPathTest::isStock),
                program.toString(),
                network.toString(),
                features.toString(),
                answers.toString());

        assertThat(Nd4j.readBinary(answers.toFile())).isEqualTo(fused.outputSingle(images));
    }

    private static ComputationGraph acnet() {
        return Networks.images(DataType.FLOAT, b -> b.addLayer(
                        "block",
                        new AsymmetricConvBlock.Builder(3)
                                .nOut(4)
                                .activation(Activation.RELU)
                                .build(),
                        "in")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "block")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .activation(Activation.SOFTMAX)
                                .nOut(3)
                                .build(),
                        "pool")
                .setOutputs("out"));
    }

    /** Whether it is a jar of somebody else: this project's own classes are in directories. */
    private static boolean isStock(Path entry) {
        return entry.toString().endsWith(".jar")
                && !entry.getFileName().toString().contains("condconv");
    }
}
