package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertEqual;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Sample;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

class SerializationTest {
    private static ComputationGraph trained(Sample sample) {
        ComputationGraph net = sample.net(DataType.FLOAT, new Adam(0.01));
        net.fit(sample.batch(DataType.FLOAT, 4));
        return net;
    }

    private static ComputationGraph reloaded(ComputationGraph net, Path directory) throws IOException {
        Path file = directory.resolve("model.zip");
        net.save(file.toFile(), true);
        return ComputationGraph.load(file.toFile(), true);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void jsonKeepsTheConfiguration(Sample sample) {
        ComputationGraphConfiguration conf = trained(sample).getConfiguration();
        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void yamlKeepsTheConfiguration(Sample sample) {
        ComputationGraphConfiguration conf = trained(sample).getConfiguration();
        assertThat(ComputationGraphConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void javaSerialisationKeepsTheConfiguration(Sample sample) throws Exception {
        ComputationGraphConfiguration conf = trained(sample).getConfiguration();
        assertThat(throughJava(conf)).isEqualTo(conf);
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void javaSerialisationKeepsTheParameters(Sample sample) throws Exception {
        ComputationGraph net = trained(sample);
        // Parameters are all that can be asked: in DL4J M2.1 any network read back this way has lost its outputs
        assertEqual(((ComputationGraph) throughJava(net)).paramTable(), net.paramTable());
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aSavedModelAnswersAsBefore(Sample sample, @TempDir Path directory) throws IOException {
        ComputationGraph net = trained(sample);
        DataSet batch = sample.batch(DataType.FLOAT, 3);
        assertThat(reloaded(net, directory).outputSingle(batch.getFeatures()))
                .isEqualTo(net.outputSingle(batch.getFeatures()));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aSavedModelTrainsOnAsIfNeverSaved(Sample sample, @TempDir Path directory) throws IOException {
        ComputationGraph net = trained(sample);
        ComputationGraph copy = reloaded(net, directory);
        DataSet batch = sample.batch(DataType.FLOAT, 3);
        net.fit(batch);
        copy.fit(batch);
        assertThat(copy.params()).isEqualTo(net.params());
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void aModelSavedWithoutUpdaterLoads(Sample sample, @TempDir Path directory) throws IOException {
        ComputationGraph net = trained(sample);
        Path file = directory.resolve("model.zip");
        ModelSerializer.writeModel(net, file.toFile(), false);
        assertThat(ModelSerializer.restoreComputationGraph(file.toFile(), false).params())
                .isEqualTo(net.params());
    }

    private static Object throughJava(Object object) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
