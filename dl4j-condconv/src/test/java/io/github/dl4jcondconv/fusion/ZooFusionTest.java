package io.github.dl4jcondconv.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.model.ResNet50;
import org.junit.jupiter.api.Test;

/** A network that others wrote; the command dl4j-zoo of the examples tries all of DL4J's. */
class ZooFusionTest {

    @Test
    void noNormalisationOfResNet50IsLeft() {
        ComputationGraph graph = ResNet50.builder().numClasses(10).build().init();
        ComputationGraph fused = GraphFuser.fuse(graph).graph();
        assertThat(Arrays.stream(fused.getLayers()).map(layer -> layer.conf().getLayer()))
                .doesNotHaveAnyElementsOfTypes(BatchNormalization.class)
                .isNotEmpty();
    }
}
