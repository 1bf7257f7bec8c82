package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class AnswerGapTest {

    private final AnswerGap gap = new AnswerGap();

    @Test
    void theDifferenceIsRelativeToTheLargestExpectedValueOfAllBatches() {
        gap.add(Nd4j.createFromArray(new double[][] {{1, 0}}), Nd4j.createFromArray(new double[][] {{1, 0.5}}));
        gap.add(Nd4j.createFromArray(new double[][] {{0, -4}}), Nd4j.createFromArray(new double[][] {{0, -4}}));
        assertThat(gap.relative()).isEqualTo(0.125);
    }

    @Test
    void anExampleWhoseLargestValueMovedIsAnotherPrediction() {
        gap.add(
                Nd4j.createFromArray(new double[][] {{2, 1}, {3, 4}, {5, 6}}),
                Nd4j.createFromArray(new double[][] {{2, 1}, {4, 3}, {5, 6}}));
        assertThat(gap.otherPredictions()).isEqualTo(1);
    }

    @Test
    void notANumberIsNoAgreement() {
        gap.add(Nd4j.createFromArray(new double[][] {{1, 2}}), Nd4j.createFromArray(new double[][] {{1, Double.NaN}}));
        assertThat(gap.relative()).isNaN();
    }
}
