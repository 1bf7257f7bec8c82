package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Sample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryType;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

class ReportingTest {
    private static ComputationGraph net(Sample sample) {
        return sample.net(DataType.FLOAT, new Adam(0.01));
    }

    private static MemoryReport memoryReport(ComputationGraph net, Sample sample) {
        InputType input =
                InputType.inferInputType(sample.batch(DataType.FLOAT, 1).getFeatures());
        return net.getConfiguration().getMemoryReport(input);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void theSummaryNamesTheLayerAndItsParameterCount(Sample sample) {
        ComputationGraph net = net(sample);
        String line = net.summary()
                .lines()
                .filter(l -> l.startsWith("layer "))
                .findFirst()
                .orElse("");
        assertThat(line).contains(String.valueOf(net.getLayer("layer").numParams()));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void theMemoryReportCountsParametersOnce(Sample sample) {
        ComputationGraph net = net(sample);
        long bytes = memoryReport(net, sample)
                .getMemoryBytes(MemoryType.PARAMETERS, 1, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.FLOAT);
        assertThat(bytes).isEqualTo(net.numParams() * Float.BYTES);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void theMemoryReportGrowsWithTheBatch(Sample sample) {
        MemoryReport report = memoryReport(net(sample), sample);
        assertThat(report.getTotalMemoryBytes(8, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.FLOAT))
                .isGreaterThan(report.getTotalMemoryBytes(1, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.FLOAT));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void trainingPrintsNothing(Sample sample) {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true));
        try {
            ComputationGraph net = net(sample);
            net.fit(sample.batch(DataType.FLOAT, 2));
            net.outputSingle(sample.batch(DataType.FLOAT, 2).getFeatures());
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString()).isEmpty();
    }
}
