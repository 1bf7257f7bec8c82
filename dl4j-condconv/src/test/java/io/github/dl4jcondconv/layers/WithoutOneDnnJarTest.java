package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.onednn.BackendReport;
import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.LayerRun;
import io.github.dl4jcondconv.testing.SmallNets;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A JVM whose class path has nothing of oneDNN. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class WithoutOneDnnJarTest {
    /** What the other JVM runs. */
    static final class Training {
        private Training() {}

        public static void main(String[] files) throws Exception {
            Map<String, INDArray> values = values();
            Nd4j.saveBinary(flat(values), new File(files[0]));
            Files.writeString(Path.of(files[1]), BackendReport.line());
        }

        static Map<String, INDArray> values() {
            Nd4j.getRandom().setSeed(7);
            CondConv2D layer = new CondConv2D.Builder(3).nOut(6).build();
            ComputationGraph net = SmallNets.alone(layer, DataType.FLOAT, InputType.convolutional(7, 8, 5));
            SmallNets.scatterAll(net);
            INDArray images = Nd4j.randn(DataType.FLOAT, 3, 5, 7, 8);
            INDArray upstream =
                    Nd4j.randn(DataType.FLOAT, net.outputSingle(images).shape());
            return new TreeMap<>(LayerRun.of(net, images, upstream, true));
        }

        static INDArray flat(Map<String, INDArray> values) {
            return Nd4j.concat(
                    0,
                    values.values().stream()
                            .map(value -> value.dup('c').reshape(value.length()))
                            .toArray(INDArray[]::new));
        }
    }

    @Test
    void conditionalConvolutionsComputeTheSameByBlas(@TempDir Path dir) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        withoutOneDnn(),
                        Training.class.getName(),
                        "values.bin",
                        "report.txt")
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log.txt").toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(dir.resolve("log.txt")))
                .isZero();

        assertThat(Files.readString(dir.resolve("report.txt")))
                .contains("by BLAS and ND4J, oneDNN not found; add org.bytedeco:dnnl-platform");
        // FLOAT sums of some hundred products in another order
        assertThat(Nd4j.readBinary(dir.resolve("values.bin").toFile()))
                .isCloseTo(Training.flat(Kernels.off(Training::values)), 1e-5);
    }

    private static String withoutOneDnn() {
        String separator = System.getProperty("path.separator");
        return Arrays.stream(System.getProperty("java.class.path").split(separator))
                .filter(entry -> !entry.contains("dnnl"))
                .collect(Collectors.joining(separator));
    }
}
