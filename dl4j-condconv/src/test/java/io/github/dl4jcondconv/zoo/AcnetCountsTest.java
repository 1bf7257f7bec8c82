package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.profile.GraphProfile;
import io.github.dl4jcondconv.profile.ParameterCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes of the networks of ACNet's paper: stock, in training, and fused. */
class AcnetCountsTest {
    @ParameterizedTest
    @CsvSource({
        "cifar-quick, 117034, 149226",
        "vgg16-cifar, 14986698, 24810570",
        "resnet18, 11689512, 19028520",
        "resnet34, 21797672, 35885352",
        "densenet121, 7978856, 9415400",
        "alexnet, 61100840, 62654568"
    })
    void theNetworksHaveTheParametersOfTheirCode(String name, long stock, long training) {
        assertThat(profile(name, PLAIN).parameters()).isEqualTo(stock);
        assertThat(profile(name, ACNET).parameters()).isEqualTo(training);
    }

    /** 1.0M in table 2 of DenseNet's paper, 11.0M in table 4 of Wide ResNet's, 0.85M in table 6 of ResNet's. */
    @ParameterizedTest
    @CsvSource({"densenet40-cifar, 1.0, 0.05", "wrn16-8-cifar, 11.0, 0.05", "resnet56-cifar, 0.85, 0.01"})
    void theStockNetworksForCifarHaveThePapersParameters(String name, double millions, double rounding) {
        assertThat(profile(name, PLAIN).parameters() / 1e6).isCloseTo(millions, within(rounding));
    }

    /** An asymmetric k x k block adds 2 k kernel weights for each pair of channels, and a fused one none. */
    @ParameterizedTest
    @CsvSource({"cifar-quick, 1.4", "resnet56-cifar, 1.6667", "resnet18, 1.6667", "vgg16-cifar, 1.6667"})
    void theBlocksAddTheirBranchesMultiplyAdds(String name, double factor) {
        double stock = profile(name, PLAIN).multiplyAdds().orElseThrow();
        double training = profile(name, ACNET).multiplyAdds().orElseThrow();
        assertThat(training / stock).isBetween(1.0, factor);
    }

    /**
     * The paper's code leaves gamma and beta of the convolutions that are no blocks; {@link GraphFuser} makes one bias of
     * each pair. In ResNet-18 these are the stem and three shortcuts.
     */
    @ParameterizedTest
    @CsvSource({"cifar-quick, 116906, 0", "resnet18, 11685672, 960", "vgg16-cifar, 14982474, 0"})
    void fusedNetworksHaveThePapersParameters(String name, long deployed, long furtherFolded) {
        assertThat(fused(name, ACNET)).isEqualTo(deployed - furtherFolded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cifar-quick", "resnet56-cifar", "resnet18"})
    void fusedNetworksAreAsLargeAsFusedStockNetworks(String name) {
        assertThat(fused(name, ACNET)).isEqualTo(fused(name, PLAIN));
    }

    /** Its normalisations are before the convolutions and stay: only the blocks become biases, 16 + 36 * 12. */
    @Test
    void fusedDenseNetIsLargerThanStockByTheBlocksBiases() {
        assertThat(fused("densenet40-cifar", ACNET)).isEqualTo(fused("densenet40-cifar", PLAIN) + 448);
    }

    @Test
    void fusedAlexNetIsStockAlexNet() {
        ZooNetwork small = AlexNet.builder()
                .block(ACNET)
                .numClasses(2)
                .inputShape(3, 63, 63)
                .build();
        long stock = GraphProfile.of(
                        AlexNet.builder()
                                .numClasses(2)
                                .inputShape(3, 63, 63)
                                .build()
                                .conf(),
                        small.inputType())
                .parameters();
        assertThat(fused(small)).isEqualTo(stock);
    }

    /** Table 4 and 5 of its paper. */
    @ParameterizedTest
    @CsvSource({"40, 4, 8.9", "22, 8, 17.2", "28, 10, 36.5", "16, 10, 17.1"})
    void wideResNetsHaveThePapersParameters(int depth, int widening, double millions) {
        assertThat(millions(WideResNet.builder(depth, widening))).isCloseTo(millions, within(0.06));
    }

    /** Table 2 of its paper. */
    @ParameterizedTest
    @CsvSource({"100, 12, 7.0", "100, 24, 27.2"})
    void denseNetsHaveThePapersParameters(int depth, int growth, double millions) {
        assertThat(millions(DenseNet.cifarBuilder(depth, growth))).isCloseTo(millions, within(0.06));
    }

    private static double millions(ZooNetwork.Builder<?> builder) {
        ZooNetwork network = builder.build();
        return GraphProfile.of(network.conf(), network.inputType()).parameters() / 1e6;
    }

    private static GraphProfile profile(String name, BlockKind block) {
        ZooNetwork network = Zoo.builder(name, block).build();
        return GraphProfile.of(network.conf(), network.inputType());
    }

    private static long fused(String name, BlockKind block) {
        return fused(Zoo.builder(name, block).build());
    }

    private static long fused(ZooNetwork network) {
        return ParameterCount.of(GraphFuser.fuse(network.init()).graph()).trainable();
    }
}
