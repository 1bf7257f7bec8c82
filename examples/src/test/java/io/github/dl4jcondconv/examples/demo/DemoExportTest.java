package io.github.dl4jcondconv.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.examples.AnswerGap;
import io.github.dl4jcondconv.examples.OnnxModel;
import io.github.dl4jcondconv.export.OnnxExporter;
import io.github.dl4jcondconv.fusion.GraphFuser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class DemoExportTest {
    private static final int SIZE = 12;
    private static final int CLASSES = 3;

    @TempDir
    Path directory;

    /**
     * Rounding in single precision is far below the tolerance; a batch size that export has frozen fails. A sampled
     * network is noisy at inference, which ONNX does not do.
     */
    @ParameterizedTest
    @EnumSource(value = BlockKind.class, mode = EnumSource.Mode.EXCLUDE, names = "SAMPLED")
    void oneFileOfTheFusedNetworkAnswersBatchesOfEverySizeAsTheUnfusedOne(BlockKind kind) throws IOException {
        ComputationGraph graph = trained(kind);
        Path file = directory.resolve("demo.onnx");
        OnnxExporter.export(GraphFuser.fuse(graph).graph(), file);
        AnswerGap gap = new AnswerGap();
        try (OnnxModel served = new OnnxModel(file)) {
            for (int images : new int[] {1, 3, 32}) {
                INDArray batch = images(images);
                gap.add(graph.outputSingle(batch), served.output(batch, List.of("class"))[0]);
            }
        }
        assertThat(gap.relative()).isLessThan(1e-4);
    }

    /** Two steps, so that the running statistics are not the initial ones. */
    private static ComputationGraph trained(BlockKind kind) {
        ComputationGraph graph = new ComputationGraph(
                DemoNetwork.configuration(kind, InputType.convolutional(SIZE, SIZE, 1), CLASSES, 100, 1));
        graph.init();
        Nd4j.getRandom().setSeed(1);
        for (int step = 0; step < 2; step++) {
            graph.fit(new DataSet(images(CLASSES), Nd4j.eye(CLASSES).castTo(DataType.FLOAT)));
        }
        return graph;
    }

    private static INDArray images(int count) {
        return Nd4j.rand(DataType.FLOAT, count, 1, SIZE, SIZE);
    }
}
