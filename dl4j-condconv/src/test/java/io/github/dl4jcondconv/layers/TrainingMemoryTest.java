package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.OwnJvm;
import io.github.dl4jcondconv.testing.SmallNets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** What conditional convolutions need of the machine's memory. */
@EnabledOnOs(OS.LINUX)
class TrainingMemoryTest {
    private static final int BATCH = 32;
    private static final int CHANNELS = 512;
    private static final int SIDE = 7;

    /**
     * Eight experts and their gradients take 132 MB more than one kernel and its gradient. The kernels of all examples,
     * mixed at once, would take 302 MB.
     */
    @Test
    @EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
    void aTrainingStepNeedsLittleMoreThanTheExpertsAndTheirGradients() {
        assertThat(peak("conditional") - peak("plain")).isLessThan(200);
    }

    /** The largest size in MB that a process had which trained; of Java's heap the same in all. */
    private static long peak(String layer) {
        return Long.parseLong(
                OwnJvm.run(Training.class, List.of("-Xms300m", "-Xmx300m", "-XX:+AlwaysPreTouch"), layer));
    }

    /** Prints its own {@link #peak}. */
    static final class Training {
        public static void main(String[] layer) throws IOException {
            ComputationGraph net =
                    SmallNets.built(SmallNets.pooledClasses(SmallNets.global(DataType.FLOAT, new Sgd(0.1))
                            .graphBuilder()
                            .addInputs("in")
                            .setInputTypes(InputType.convolutional(SIDE, SIDE, CHANNELS))
                            .addLayer("layer", layer(layer[0]), "in")));
            DataSet batch = new DataSet(
                    SmallNets.batchOf(InputType.convolutional(SIDE, SIDE, CHANNELS), DataType.FLOAT, BATCH),
                    SmallNets.labels(DataType.FLOAT, BATCH));
            net.fit(batch);
            net.fit(batch);
            String kilobytes = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM"))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll("\\D", "");
            System.out.println(Long.parseLong(kilobytes) / 1000);
        }

        private static Layer layer(String name) {
            return name.equals("plain")
                    ? new ConvolutionLayer.Builder(3, 3)
                            .nOut(CHANNELS)
                            .convolutionMode(ConvolutionMode.Same)
                            .build()
                    : new CondConv2D.Builder(3, 3)
                            .nOut(CHANNELS)
                            .convolutionMode(ConvolutionMode.Same)
                            .build();
        }
    }
}
