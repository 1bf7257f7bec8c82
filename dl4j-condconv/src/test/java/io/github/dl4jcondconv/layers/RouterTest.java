package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.ops.transforms.Transforms;

class RouterTest {
    private static final InputType IMAGE = InputType.convolutional(4, 3, 5);
    private static final int EXPERTS = 4;
    // A softmax of four numbers in double
    private static final double ROUNDING = 1e-14;

    @BeforeEach
    void seed() {
        Nd4j.getRandom().setSeed(3);
    }

    private static Router.Builder router(Routing routing) {
        return new Router.Builder().numExperts(EXPERTS).routing(routing);
    }

    private static ComputationGraph net(Router.Builder router, InputType input) {
        ComputationGraph net = SmallNets.alone(router.build(), DataType.DOUBLE, input);
        net.params().assign(Nd4j.randn(DataType.DOUBLE, net.params().shape()));
        return net;
    }

    @Test
    void sigmoidRoutingIsTheFormulaOfThePaper() {
        ComputationGraph net = net(router(Routing.sigmoid()), IMAGE);
        INDArray x = SmallNets.batchOf(IMAGE, DataType.DOUBLE, 3);
        INDArray logits =
                x.mean(2, 3).mmul(net.getParam("layer_routingW")).addRowVector(net.getParam("layer_routingb"));
        assertThat(net.outputSingle(x)).isCloseTo(Transforms.sigmoid(logits), ROUNDING);
    }

    @Test
    void softmaxWeightsSumToOne() {
        INDArray x = SmallNets.batchOf(IMAGE, DataType.DOUBLE, 3);
        INDArray weights = net(router(Routing.softmax(0.5)), IMAGE).outputSingle(x);
        assertThat(weights.sum(1)).isCloseTo(Nd4j.ones(DataType.DOUBLE, 3), ROUNDING);
    }

    @Test
    void aHighTemperatureMakesWeightsAlike() {
        INDArray x = SmallNets.batchOf(IMAGE, DataType.DOUBLE, 3);
        INDArray weights = net(router(Routing.softmax(1e9)), IMAGE).outputSingle(x);
        // Logits below 100 over 1e9
        assertThat(weights).isWithin(1e-7, Nd4j.valueArrayOf(new long[] {3, EXPERTS}, 0.25, DataType.DOUBLE));
    }

    @Test
    void aVectorIsRoutedLikeAnImageOfOnePixel() {
        ComputationGraph ofVectors = net(router(Routing.sigmoid()), InputType.feedForward(5));
        ComputationGraph ofImages = net(router(Routing.sigmoid()), InputType.convolutional(1, 1, 5));
        ofImages.setParams(ofVectors.params());
        INDArray x = Nd4j.randn(DataType.DOUBLE, 3, 5);
        assertThat(ofVectors.outputSingle(x)).isEqualTo(ofImages.outputSingle(x.reshape(3, 5, 1, 1)));
    }

    @Test
    void theNetworksActivationIsNotAppliedToRoutingWeights() {
        ComputationGraph net = SmallNets.built(SmallNets.global(DataType.DOUBLE, new NoOp())
                .activation(Activation.RELU)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(IMAGE)
                .addLayer("layer", router(Routing.sigmoid()).build(), "in")
                .setOutputs("layer")
                .validateOutputLayerConfig(false));
        Router built = (Router) net.getLayer("layer").conf().getLayer();
        assertThat(built.getActivationFn()).isEqualTo(Activation.IDENTITY.getActivationFunction());
    }

    @Test
    void dropOutDropsAsOftenAsAsked() {
        // 100,000 draws: four standard errors of 0.0015
        assertThat(shareOfZeros(trained(100_000 / EXPERTS))).isCloseTo(0.3, within(0.006));
    }

    @Test
    void dropOutScalesWhatIsLeft() {
        INDArray weights = trained(100);
        INDArray left = weights.mul(0.7).sub(0.5).mul(weights);
        assertThat(left.amaxNumber().doubleValue()).isLessThan(ROUNDING);
    }

    @Test
    void dropOutDoesNothingAtInference() {
        ComputationGraph net = equalWeights();
        assertThat(shareOfZeros(net.outputSingle(Nd4j.randn(DataType.DOUBLE, 100, 5))))
                .isZero();
    }

    private static INDArray trained(int examples) {
        return equalWeights().output(true, Nd4j.randn(DataType.DOUBLE, examples, 5))[0];
    }

    /** All weights are sigmoid(0), a half, before dropout. */
    private static ComputationGraph equalWeights() {
        ComputationGraph net = net(router(Routing.sigmoid().withDropOut(0.7)), InputType.feedForward(5));
        net.params().assign(0);
        return net;
    }

    private static double shareOfZeros(INDArray weights) {
        return weights.eq(0).castTo(DataType.DOUBLE).meanNumber().doubleValue();
    }
}
