package io.github.dl4jcondconv.testdata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenVectorsTest {
    @ParameterizedTest
    @MethodSource("layers")
    void theIndexListsExactlyTheFilesOfItsLayer(String layer) {
        String[] files = Path.of("golden", layer).toFile().list((directory, file) -> file.endsWith(".safetensors"));

        assertThat(TestData.goldenNames(layer))
                .map(name -> name + ".safetensors")
                .containsExactlyInAnyOrder(files);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theOutputHasTheShapeOfTheUpstreamGradient(GoldenCase golden) {
        assertThat(golden.tensor("output").shape())
                .isEqualTo(golden.tensor("upstream").shape());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aComputedTensorHasTheShapeOfTheGivenOneOfItsName(GoldenCase golden) {
        assertThat(golden.tensors().keySet())
                .filteredOn(name -> name.startsWith("grad.") || name.startsWith("after."))
                .allSatisfy(name -> {
                    String given = name.substring(name.indexOf('.') + 1);
                    assertThat(golden.tensor(name).shape())
                            .isEqualTo(golden.tensor(given).shape());
                });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyValueIsFinite(GoldenCase golden) {
        DoubleStream values =
                golden.tensors().values().stream().flatMapToDouble(tensor -> Arrays.stream(tensor.values()));

        assertThat(values.allMatch(Double::isFinite)).isTrue();
    }

    static Stream<String> layers() {
        return Stream.of(Path.of("golden").toFile().list());
    }

    static Stream<GoldenCase> cases() {
        return layers().flatMap(
                        layer -> TestData.goldenNames(layer).stream().map(name -> TestData.golden(layer, name)));
    }
}
