package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** All updaters of DL4J but AdaBelief, whose instantiate fails in M2.1 whatever the layer. */
class UpdaterTest {
    private static final Sample SAMPLE = Sample.ASYMMETRIC;

    private final DataSet batch = SAMPLE.batch(DataType.FLOAT, 6);

    static Stream<IUpdater> updaters() {
        return Stream.of(
                new AdaDelta(),
                new AdaGrad(0.05),
                new AdaMax(0.01),
                new Adam(0.01),
                new AMSGrad(0.01),
                new Nadam(0.01),
                new Nesterovs(0.05),
                new RmsProp(0.01),
                new Sgd(0.1));
    }

    private ComputationGraph trained(IUpdater updater) {
        ComputationGraph net = SAMPLE.net(DataType.FLOAT, updater);
        for (int i = 0; i < 5; i++) {
            net.fit(batch);
        }
        return net;
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void trainingLowersTheScore(IUpdater updater) {
        double before = SAMPLE.net(DataType.FLOAT, updater).score(batch, true);
        assertThat(trained(updater).score(batch, true)).isLessThan(before);
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void itsStateSurvivesAFile(IUpdater updater, @TempDir Path directory) throws IOException {
        ComputationGraph net = trained(updater);
        Path file = directory.resolve("model.zip");
        net.save(file.toFile(), true);
        ComputationGraph loaded = ComputationGraph.load(file.toFile(), true);
        net.fit(batch);
        loaded.fit(batch);
        assertThat(loaded.params()).isEqualTo(net.params());
    }
}
