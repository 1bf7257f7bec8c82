package io.github.dl4jcondconv.zoo;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondConvBlock;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * CondConv: every kernel is a mixture of experts. Routers start as in the official code: weights by Glorot's uniform
 * rule, biases 0.
 */
final class MixedKernels implements Kernels {
    private static final IWeightInit ROUTER_INIT = WeightInit.XAVIER_UNIFORM.getWeightInitFunction();

    private final int experts;
    private final Features router;

    private MixedKernels(int experts, Features router) {
        this.experts = experts;
        this.router = router;
    }

    /** Each convolution has a router of its own, which reads the convolution's input. */
    static MixedKernels ownRouter(int experts) {
        return new MixedKernels(experts, null);
    }

    /** Adds a router that reads {@code x}, for all convolutions of a block. */
    static MixedKernels sharedRouter(Blueprint net, String name, Features x, int experts) {
        Router router =
                new Router.Builder().numExperts(experts).weightInit(ROUTER_INIT).build();
        net.graph().addLayer(name, router, x.vertex());
        return new MixedKernels(experts, new Features(name, experts));
    }

    @Override
    public Features conv(Blueprint net, String name, Features x, Conv conv) {
        CondConvBlock layer = conv.depthwise()
                ? routed(new DepthwiseCondConv2D.Builder(conv.kernel()), net, conv)
                        .build()
                : routed(new CondConv2D.Builder(conv.kernel()), net, conv).build();
        return router == null
                ? BlockLayers.add(net, name, layer, conv, x)
                : BlockLayers.add(net, name, layer, conv, x, router);
    }

    private <B extends CondConvBlock.Builder<B>> B routed(B layer, Blueprint net, Conv conv) {
        BlockLayers.shaped(layer, net, conv).numExperts(experts).hasBias(conv.hasBias());
        if (router == null) {
            layer.weightInit("routingW", ROUTER_INIT);
            return layer;
        }
        return layer.routing(Routing.shared());
    }

    /** A conditional fully connected layer always has its own router: what it reads is what was pooled. */
    @Override
    public void classifier(Blueprint net, String name, Features x, int classes, double dropOut) {
        CondDense layer = new CondDense.Builder()
                .nOut(classes)
                .numExperts(experts)
                .weightInit("routingW", ROUTER_INIT)
                .activation(Activation.IDENTITY)
                .dropOut(dropOut)
                .build();
        LossLayer loss = new LossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
        // DL4J takes it for the size of the output, which it otherwise believes to be 0
        loss.setNOut(classes);
        net.graph()
                .addLayer(name, layer, x.vertex())
                .addLayer("loss", loss, name)
                .setOutputs("loss");
    }
}
