package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** What the gradient checks of WeightNet's layers vary: gates, groups, bias, and the context, own or shared. */
final class Generated {
    private static final int CONTEXT = 3;

    private Generated() {}

    static <B extends WeightNetBlock.Builder<B>> GraphBuilder network(
            GradientCase c, B builder, NeuralNetConfiguration.Builder global, InputType input) {
        int g = c.one("g", 1, 2, 4);
        c.geometry(builder)
                .m(g * c.one("m over g", 1, 2, 3))
                .g(g)
                .contextSize(CONTEXT)
                .staticBias(c.one("bias", true, false));
        WeightNetBlock own = builder.build();
        WeightNetBlock shared = builder.sharedContext(true).build();
        return c.one("shared", true, false)
                ? SmallNets.withSource(
                        shared, new KernelContext.Builder().contextSize(CONTEXT).build(), global, input)
                : SmallNets.graph(own, global, input);
    }
}
