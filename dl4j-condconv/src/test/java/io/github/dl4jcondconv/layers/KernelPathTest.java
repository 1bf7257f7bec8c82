package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.layers.KernelAgreement.assertAgreement;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertEqual;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.onednn.Implementations;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.testing.Form;
import io.github.dl4jcondconv.testing.LayerRun;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Ways of kernels that small random layers do not come by. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class KernelPathTest {
    private static final String WINOGRAD = "wino";
    private static final String REFERENCE = "ref";

    /** Shapes that lead there, with odd sides and channels that fill no block. */
    enum Path {
        CONDITIONAL_BY_WINOGRAD(WINOGRAD, 2, 33, 55, 53, new CondConv2D.Builder(3, 3).nOut(36)),
        /** oneDNN has only its reference for the gradient of such filters; ours takes another way. */
        DEPTHWISE_BY_CORRELATION(REFERENCE, 3, 20, 13, 11, new DepthwiseCondConv2D.Builder(5, 5)),
        WEIGHT_NET_BY_WINOGRAD(WINOGRAD, 3, 32, 17, 19, new WeightNetConv2D.Builder(3, 3).nOut(20)),
        ASYMMETRIC_BY_WINOGRAD(WINOGRAD, 3, 20, 17, 19, new AsymmetricConvBlock.Builder(3).nOut(20));

        private final String implementation;
        private final int batch;
        private final InputType input;
        private final Convolution2DBlock.Builder<?> layer;

        Path(
                String implementation,
                int batch,
                int channels,
                int height,
                int width,
                Convolution2DBlock.Builder<?> layer) {
            this.implementation = implementation;
            this.batch = batch;
            this.input = InputType.convolutional(height, width, channels);
            this.layer = layer;
        }

        ComputationGraph net() {
            layer.convolutionMode(ConvolutionMode.Same).activation(Activation.IDENTITY);
            return SmallNets.alone(layer.build(), DataType.FLOAT, input);
        }

        INDArray images() {
            Nd4j.getRandom().setSeed(3);
            return SmallNets.batchOf(input, DataType.FLOAT, batch);
        }

        Map<String, INDArray> pass() {
            ComputationGraph net = net();
            INDArray images = images();
            return LayerRun.of(net, images, net.outputSingle(images), true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLayerComesThere(Path path) {
        boolean has = OneDnn.hasWinograd() || !path.implementation.equals(WINOGRAD);
        assertThat(Implementations.usedBy(path::pass).stream().anyMatch(name -> name.contains(path.implementation)))
                .isEqualTo(has);
    }

    @ParameterizedTest
    @EnumSource
    void itAgreesWithTheDefinition(Path path) {
        assertAgreement(path.net(), path.images(), Form.DENSE);
    }

    @ParameterizedTest
    @EnumSource
    void twoThreadsComputeWhatOneDoes(Path path) {
        Map<String, INDArray> alone = path.pass();
        Supplier<Map<String, INDArray>> again = path::pass;
        CompletableFuture<Map<String, INDArray>> other = CompletableFuture.supplyAsync(again);
        assertEqual(again.get(), alone);
        assertEqual(other.join(), alone);
    }
}
