package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.SmallNets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

/** The layers in DL4J's other kind of network. */
class MultiLayerNetworkTest {
    private final DataSet batch = SmallNets.batch(DataType.FLOAT, 4, 6, 6);

    static Stream<Named<Supplier<Layer>>> layers() {
        return Stream.of(
                Named.of(
                        "CondConv2D",
                        () -> new CondConv2D.Builder(3, 3).nOut(4).numExperts(2).build()),
                Named.of(
                        "AsymmetricConvBlock",
                        () -> new AsymmetricConvBlock.Builder(3).nOut(4).build()));
    }

    private static MultiLayerNetwork net(Layer layer) {
        MultiLayerNetwork net = new MultiLayerNetwork(SmallNets.global(DataType.FLOAT, new Adam(0.01))
                .list()
                .layer(layer)
                .layer(new GlobalPoolingLayer())
                .layer(new OutputLayer.Builder()
                        .activation(Activation.SOFTMAX)
                        .nOut(SmallNets.CLASSES)
                        .build())
                .setInputType(InputType.convolutional(6, 6, 2))
                .build());
        net.init();
        return net;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void trainingLowersTheScore(Supplier<Layer> layer) {
        MultiLayerNetwork net = net(layer.get());
        double before = net.score(batch, true);
        for (int i = 0; i < 5; i++) {
            net.fit(batch);
        }
        assertThat(net.score(batch, true)).isLessThan(before);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aSavedNetworkTrainsOnAsIfNeverSaved(Supplier<Layer> layer, @TempDir Path directory) throws IOException {
        MultiLayerNetwork net = net(layer.get());
        net.fit(batch);
        Path file = directory.resolve("model.zip");
        net.save(file.toFile(), true);
        MultiLayerNetwork loaded = MultiLayerNetwork.load(file.toFile(), true);
        net.fit(batch);
        loaded.fit(batch);
        assertThat(loaded.params()).isEqualTo(net.params());
    }
}
