package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.Sample;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

class ConcurrencyTest {
    private static INDArray trainedParameters(Sample sample) {
        ComputationGraph net = sample.net(DataType.FLOAT, new Sgd(0.1));
        return train(net, sample);
    }

    private static INDArray train(ComputationGraph net, Sample sample) {
        for (int i = 0; i < 5; i++) {
            net.fit(sample.batch(DataType.FLOAT, 4));
        }
        return net.params();
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void twoNetworksTrainInTwoThreadsAsOneAfterTheOther(Sample sample) {
        INDArray expected = trainedParameters(sample);
        ComputationGraph first = sample.net(DataType.FLOAT, new Sgd(0.1));
        ComputationGraph second = sample.net(DataType.FLOAT, new Sgd(0.1));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            var a = CompletableFuture.supplyAsync(() -> train(first, sample), threads);
            var b = CompletableFuture.supplyAsync(() -> train(second, sample), threads);
            assertThat(a.join()).isEqualTo(expected);
            assertThat(b.join()).isEqualTo(expected);
        } finally {
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SAMPLED_CONV", "MASKED_CONV", "INTERPOLATION"})
    void twoNetworksPredictSparselyInTwoThreadsAsOneAfterTheOther(Sample sample) {
        ComputationGraph first = sample.net(DataType.FLOAT, new Sgd(0.1));
        ComputationGraph second = sample.net(DataType.FLOAT, new Sgd(0.1));
        INDArray images = sample.batch(DataType.FLOAT, 4).getFeatures();
        Kernels.alwaysSparse(() -> {
            INDArray expected = first.outputSingle(images);
            for (int i = 0; i < 20; i++) {
                var other = CompletableFuture.supplyAsync(() -> second.outputSingle(images));
                assertThat(first.outputSingle(images)).isEqualTo(expected);
                assertThat(other.join()).isEqualTo(expected);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aNetworkMayMoveFromThreadToThread(Sample sample) {
        ComputationGraph net = sample.net(DataType.FLOAT, new Sgd(0.1));
        for (int i = 0; i < 5; i++) {
            Thread thread = new Thread(() -> net.fit(sample.batch(DataType.FLOAT, 4)));
            thread.start();
            join(thread);
        }
        assertThat(net.params()).isEqualTo(trainedParameters(sample));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
