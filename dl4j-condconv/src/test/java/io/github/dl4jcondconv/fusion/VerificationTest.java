package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class VerificationTest {
    private final ComputationGraph graph = images(b -> b.addLayer("a", convolution(1, 2), "in")
            .addLayer("b", batchNorm(), "a")
            .addLayer("c", convolution(1, 2), "in")
            .setOutputs("b", "c"));
    private final FusionResult fused = GraphFuser.fuse(graph);
    private final INDArray images = batch(graph);

    @Test
    void reportsEveryOutputInOrder() {
        assertThat(fused.verify(images).outputs())
                .extracting(OutputDifference::output)
                .containsExactly("b", "c");
    }

    @Test
    void findsAConstantDifference() {
        fused.graph().getParam("c_b").addi(0.25);
        assertThat(fused.verify(images).maxAbsolute()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void relatesTheDifferenceToTheLargestOutput() {
        fused.graph().getParam("c_b").addi(0.25);
        double largest = graph.output(images)[1].amaxNumber().doubleValue();
        assertThat(fused.verify(images).maxRelative()).isCloseTo(0.25 / largest, within(1e-12));
    }

    @Test
    void doesNotTakeNanForAgreement() {
        fused.graph().getParam("c_b").assign(Double.NaN);
        assertThat(fused.verify(images).maxRelative()).isNaN();
    }

    @Test
    void doesNotWriteIntoTheBatch() {
        INDArray before = images.dup();
        fused.verify(images);
        assertThat(images).isEqualTo(before);
    }
}
