package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.deeplearning4j.datasets.iterator.utilty.SingletonDataSetIterator;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

class ProgressBarListenerTest {

    private final ComputationGraph graph = SmallNets.around(
            new CondConv2D.Builder(3).nOut(2).numExperts(2).build(),
            SmallNets.global(DataType.FLOAT, new Sgd(0.1)),
            InputType.convolutional(5, 5, 2));

    @Test
    void theLastStateShowsEpochIterationsScoreAndImages() {
        List<String> states = new ArrayList<>();
        ProgressBarBuilder bar =
                new ProgressBarBuilder().setConsumer(new DelegatingProgressBarConsumer(states::add, 120));
        try (ProgressBarListener listener = new ProgressBarListener(bar, "net", 3, 1)) {
            graph.setListeners(listener);
            graph.fit(new SingletonDataSetIterator(SmallNets.batch(DataType.FLOAT, 4, 5, 5)), 3);
        }
        assertThat(states.get(states.size() - 1))
                .matches("net 100% \\[=*\\] 3/3 .* epoch 3/3 score \\d\\.\\d{3} \\d+ img/s\\s*");
    }
}
