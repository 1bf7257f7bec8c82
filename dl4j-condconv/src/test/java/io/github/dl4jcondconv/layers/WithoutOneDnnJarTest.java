package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.onednn.BackendReport;
import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.LayerRun;
import io.github.dl4jcondconv.testing.OwnJvm;
import io.github.dl4jcondconv.testing.SmallNets;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
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
            Nd4j.saveBinary(flat(values()), new File(files[0]));
            System.out.println(BackendReport.line());
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
        Path values = dir.resolve("values.bin");
        String report = OwnJvm.java(
                "-Xmx1g",
                "-cp",
                OwnJvm.classPath(entry -> !entry.toString().contains("dnnl")),
                Training.class.getName(),
                values.toString());

        assertThat(report).contains("by BLAS and ND4J, oneDNN not found; add org.bytedeco:dnnl-platform");
        // FLOAT sums of some hundred products in another order
        assertThat(Nd4j.readBinary(values.toFile())).isCloseTo(Training.flat(Kernels.off(Training::values)), 1e-5);
    }
}
