package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import java.util.List;

/** Routing weights, of a layer's own or as a {@link Router} vertex. Dropout of weights is for training. */
final class RoutingWriter implements OnnxWriter<Router> {

    /** The weights [N, E] for features [N, F]. */
    static String weights(Routing routing, String features, VertexScope scope) {
        String hidden =
                routing.hiddenRatio() > 0 ? scope.op(OnnxOp.RELU, scope.affine(features, "routingHidden")) : features;
        String logits = scope.affine(hidden, "routing");
        if (routing.function() == Routing.Function.SIGMOID) {
            return scope.op(OnnxOp.SIGMOID, logits);
        }
        String scaled =
                routing.temperature() == 1 ? logits : scope.op(OnnxOp.DIV, logits, scope.scalar(routing.temperature()));
        return scope.node(OnnxOp.SOFTMAX, scaled).with("axis", 1).output();
    }

    @Override
    public Value write(Router router, List<Value> inputs, VertexScope scope) {
        Value x = inputs.get(0);
        String features =
                x.rank() == 4 ? scope.globalAverage(scope.channelsFirst(x, router.getDataFormat())) : x.tensor();
        if (router.getPreviousExperts() > 0) {
            features = scope.node(OnnxOp.CONCAT, features, inputs.get(1).tensor())
                    .with("axis", 1)
                    .output();
        }
        Value weights = Value.vectors(weights(router.getRouting(), features, scope), router.getNumExperts());
        return scope.write(router.getActivationFn(), weights.withPerExample(x.perExample()));
    }

    /** Rarely it is a vector, which the options have to say if it is the network's input. */
    @Override
    public InputShape inputShape(Router router) {
        return InputShape.images(router.getNIn(), router.getDataFormat());
    }

    @Override
    public InputShape furtherInputShape(Router router) {
        return InputShape.vectors(router.getPreviousExperts());
    }
}
