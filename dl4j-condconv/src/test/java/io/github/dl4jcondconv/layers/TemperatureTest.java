package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SmallNets;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

@ExtendWith(DoublePrecision.class)
class TemperatureTest {
    private static final double LOGIT = 0.01;
    private static final ISchedule HALVED_EACH_STEP = new ExponentialSchedule(ScheduleType.ITERATION, 1, 0.5);

    private final DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 5, 5);

    @TempDir
    private Path directory;

    private static ComputationGraph net(Sampling.SamplingBuilder sampling) {
        SamplingMask layer = new SamplingMask.Builder()
                .sampling(sampling.gate(Gate.DETERMINISTIC).gridInterval(null).build())
                .build();
        return SmallNets.around(layer, SmallNets.global(DataType.DOUBLE, new NoOp()), InputType.convolutional(5, 5, 2));
    }

    /** Without noise the mask is sigmoid(logit / temperature) everywhere. */
    private double temperature(ComputationGraph net) {
        net.getParam("layer_W").assign(0);
        net.getParam("layer_b").assign(LOGIT);
        net.setInputs(batch.getFeatures());
        net.setLabels(batch.getLabels());
        net.computeGradientAndScore();
        double mask = net.feedForward(batch.getFeatures(), true).get("layer").getDouble(0);
        return LOGIT / Math.log(mask / (1 - mask));
    }

    /** Twelve epochs of 14,659 steps, the official schedule on COCO. */
    @Test
    void theDefaultReachesTheOfficialInferenceTemperatureAtTheEndOfTheOfficialTraining() {
        ComputationGraph net = net(Sampling.builder());
        net.getConfiguration().setIterationCount(175_908);
        assertThat(temperature(net)).isEqualTo(0.0297, within(0.00005));
    }

    @Test
    void eachOptimiserStepCoolsOnce() {
        ComputationGraph net = net(Sampling.builder().temperature(HALVED_EACH_STEP));
        net.fit(batch);
        net.fit(batch);
        assertThat(temperature(net)).isEqualTo(0.25, within(1e-12));
    }

    @Test
    void forwardPassesDoNotCool() {
        ComputationGraph net = net(Sampling.builder().temperature(HALVED_EACH_STEP));
        net.feedForward(batch.getFeatures(), true);
        net.score(batch, true);
        assertThat(temperature(net)).isEqualTo(1, within(1e-12));
    }

    @Test
    void aLoadedModelGoesOnAtItsTemperature() throws IOException {
        ComputationGraph net = net(Sampling.builder().temperature(HALVED_EACH_STEP));
        net.fit(batch);
        net.fit(batch);
        File file = directory.resolve("model.zip").toFile();
        net.save(file);
        assertThat(temperature(ComputationGraph.load(file, true))).isEqualTo(0.25, within(1e-12));
    }
}
