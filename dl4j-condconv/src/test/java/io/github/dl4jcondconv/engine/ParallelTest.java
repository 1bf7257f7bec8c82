package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Sample;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** DL4J's own ways to use several threads build their workers from configuration and parameters alone. */
class ParallelTest {
    // Float sums of a few dozen numbers near 1, whose order depends on how requests are batched
    private static final double ROUNDING = 1e-6;

    @ParameterizedTest
    @EnumSource(Sample.class)
    void parallelInferenceAnswersLikeTheNetwork(Sample sample) {
        ComputationGraph net = sample.net(DataType.FLOAT, new Sgd(0.1));
        net.fit(sample.batch(DataType.FLOAT, 4));
        List<INDArray> requests = IntStream.rangeClosed(1, 6)
                .mapToObj(size -> sample.batch(DataType.FLOAT, size).getFeatures())
                .toList();
        ParallelInference parallel = new ParallelInference.Builder(net)
                .inferenceMode(InferenceMode.BATCHED)
                .workers(2)
                .build();
        try {
            List<INDArray> answers = requests.parallelStream()
                    .map(request -> parallel.output(request))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i)).isWithin(ROUNDING, net.outputSingle(requests.get(i)));
            }
        } finally {
            parallel.shutdown();
        }
    }

    /** A weak property: in M2.1 not even DL4J's own layers always give the average of what two workers learned. */
    @ParameterizedTest
    @EnumSource(
            value = Sample.class,
            names = {"PROBE", "GATED", "COND_CONV", "ASYMMETRIC"})
    void parallelWrapperTrains(Sample sample) throws Exception {
        ComputationGraph net = sample.net(DataType.FLOAT, new Sgd(0.1));
        DataSet batch = sample.batch(DataType.FLOAT, 6);
        double before = net.score(batch, true);
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(0)
                .build()) {
            wrapper.fit(new ExistingDataSetIterator(Collections.nCopies(4, batch)));
        }
        assertThat(net.score(batch, true)).isLessThan(before);
    }
}
