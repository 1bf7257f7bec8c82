package io.github.dl4jcondconv.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;

/** The check itself: it passes what is right and finds what is slightly wrong. */
@ExtendWith(DoublePrecision.class)
class SlopesTest {

    /** A hyperbolic tangent whose derivative is off by a thousandth at one position of one example. */
    private static final class SlightlyWrong extends ActivationTanH {
        private static final long serialVersionUID = 1;

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> gradients = super.backprop(in, epsilon);
            INDArray first = gradients.getFirst();
            first.putScalar(new int[] {0, 0, 2, 2}, 1.001 * first.getDouble(0, 0, 2, 2));
            return gradients;
        }
    }

    private static ComputationGraph net(IActivation activation) {
        ConvolutionLayer layer = new ConvolutionLayer.Builder(3, 3)
                .nOut(2)
                .activation(activation)
                .build();
        return SmallNets.around(
                layer, SmallNets.global(DataType.DOUBLE, new NoOp()).l2(0.1), InputType.convolutional(7, 6, 2));
    }

    @Test
    void rightGradientsAgree() {
        assertThat(Slopes.disagreements(net(new ActivationTanH()), SmallNets.batch(DataType.DOUBLE, 4, 7, 6)))
                .isEmpty();
    }

    @Test
    void aDerivativeThatIsOffByAThousandthAtOnePositionIsFoundInEveryArrayBehindIt() {
        assertThat(Slopes.disagreements(net(new SlightlyWrong()), SmallNets.batch(DataType.DOUBLE, 4, 7, 6)))
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("before_W", "before_b", "layer_W", "layer_b");
    }
}
