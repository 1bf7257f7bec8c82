package io.github.dl4jcondconv.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ZooTest {
    static Stream<String> names() {
        return Zoo.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void namesAreThoseOfTheNetworks(String name) {
        assertThat(Zoo.builder(name, BlockKind.PLAIN).build().modelName()).isEqualTo(name);
    }

    @Test
    void anUnknownNameIsRefusedWithAllNames() {
        assertThatThrownBy(() -> Zoo.builder("resnet19", BlockKind.PLAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("resnet19", String.join(", ", Zoo.names()));
    }

    @Test
    void aCombinationThatNoNetworkHasIsRefusedWithThoseThatExist() {
        assertThatThrownBy(() -> Zoo.builder("shufflenetv2", BlockKind.CONDCONV))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("shufflenetv2 with block condconv", "shufflenetv2 (plain, weightnet)");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused("mobilenetv1", b -> b.width(0.2), "width is 0.2, allowed: 0.25 to 1.0"),
                refused("shufflenetv2", b -> b.width(0.75), "width is 0.75, allowed: 0.5, 1.0, 1.5, 2.0"),
                refused("resnet18", b -> b.width(2), "width is 2.0, allowed: 1.0"),
                refused("resnet18", b -> b.block(BlockKind.CONDCONV).experts(0), "experts is 0, allowed: 1 to 32"),
                refused("resnet18", b -> b.block(BlockKind.CONDCONV).experts(33), "experts is 33, allowed: 1 to 32"),
                refused("resnet18", b -> b.experts(4), "experts is 4, allowed: only with block condconv"),
                refused("shufflenetv2", b -> b.lambda(2), "lambda is 2, allowed: only with block weightnet"),
                refused("resnet18", b -> b.inputShape(3, 224, 16), "input is 3x224x16, allowed: channels x height"),
                refused("resnet18", b -> b.numClasses(1), "number of classes is 1, allowed: 2 or more"));
    }

    private static Arguments refused(String name, UnaryOperator<ZooNetwork.Builder<?>> options, String message) {
        return Arguments.of(name, options, message);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatANetworkCannotHaveIsRefusedInOneLineWithItsLimits(
            String name, UnaryOperator<ZooNetwork.Builder<?>> options, String message) {
        assertThatThrownBy(
                        () -> options.apply(Zoo.builder(name, BlockKind.PLAIN)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + ": " + message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aDepthThatNoResNetHasIsRefused() {
        assertThatThrownBy(() -> ResNet.builder(19).build()).hasMessageContaining("allowed: 18, 34, 50, 101");
    }

    @Test
    void aDepthThatNoCifarResNetHasIsRefused() {
        assertThatThrownBy(() -> CifarResNet.builder(21).build()).hasMessageContaining("allowed: 6n + 2");
    }

    @Test
    void noPretrainedWeightsAreClaimed() {
        assertThat(ResNet.builder(18).build().pretrainedAvailable(org.deeplearning4j.zoo.PretrainedType.IMAGENET))
                .isFalse();
    }
}
