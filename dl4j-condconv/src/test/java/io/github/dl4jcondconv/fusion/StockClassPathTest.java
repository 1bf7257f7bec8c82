package io.github.dl4jcondconv.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
        fused.save(dir.resolve("fused.zip").toFile());
        Nd4j.saveBinary(images, dir.resolve("images.bin").toFile());
        Files.writeString(dir.resolve("Predict.java"), PREDICT);

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        stockClassPath(),
                        "Predict.java",
                        "fused.zip",
                        "images.bin",
                        "answers.bin")
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log.txt").toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();

        assertThat(process.exitValue())
                .as(Files.readString(dir.resolve("log.txt")))
                .isZero();
        assertThat(Nd4j.readBinary(dir.resolve("answers.bin").toFile())).isEqualTo(fused.outputSingle(images));
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

    /** The jars of this test's class path; this project's own classes are the directories. */
    private static String stockClassPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> entry.toString().endsWith(".jar")
                        && !entry.getFileName().toString().contains("condconv"))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
