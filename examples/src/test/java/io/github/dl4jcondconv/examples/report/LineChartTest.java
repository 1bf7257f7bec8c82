package io.github.dl4jcondconv.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineChartTest {

    @ParameterizedTest
    @CsvSource({"0.5, 0.5", "0, 0", "0.81, 0.87", "0.2, 2.3", "3, 4000"})
    void everyPointLiesInsideTheChart(double first, double second) {
        String svg = new LineChart(List.of("net"), List.of(List.of(first, second))).svg("chart");
        assertThat(svg.lines().filter(line -> line.contains("<polyline")))
                .singleElement()
                .asString()
                .matches(line -> points(line).allMatch(p -> p[0] >= 0 && p[0] <= 520 && p[1] >= 0 && p[1] <= 280));
    }

    @Test
    void oneEpochIsOnePoint() {
        String svg = new LineChart(List.of("net"), List.of(List.of(0.5))).svg("chart");
        assertThat(svg.split("<circle")).hasSize(1 + 1);
    }

    @Test
    void gridLinesHaveRoundNumbers() {
        String svg = new LineChart(List.of("net"), List.of(List.of(0.43, 0.86))).svg("chart");
        assertThat(svg).contains(">0.4<", ">0.5<", ">0.6<", ">0.7<", ">0.8<", ">0.9<");
    }

    @Test
    void namesAreText() {
        String svg = new LineChart(List.of("<b>"), List.of(List.of(0.5))).svg("\"chart\"");
        assertThat(svg).contains("&lt;b&gt;", "&quot;chart&quot;").doesNotContain("<b>");
    }

    private static Stream<double[]> points(String polyline) {
        String list = polyline.replaceAll(".*points=\"([^\"]*)\".*", "$1");
        return Arrays.stream(list.split(" ")).map(point -> Arrays.stream(point.split(","))
                .mapToDouble(Double::parseDouble)
                .toArray());
    }
}
