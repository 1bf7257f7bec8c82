package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.SamplingMask;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** A small trainable network of each kind, for what every layer of this library must do; the layer is "layer". */
public enum Sample {
    /** One of everything: state, an unused weight, an auxiliary loss. */
    PROBE(global -> ProbeNets.around(new ProbeLayer.Builder().auxiliaryLoss(0.1).build(), global), ProbeNets::batch),
    /** Two inputs. */
    GATED(ProbeNets::gated, ProbeNets::batch),
    COND_CONV(new CondConv2D.Builder(3, 3).nOut(3).numExperts(2)::build),
    ASYMMETRIC(new AsymmetricConvBlock.Builder(3).nOut(3).convolutionMode(ConvolutionMode.Same)::build),
    DEPTHWISE_COND_CONV(new DepthwiseCondConv2D.Builder(3, 3)
            .depthMultiplier(2)
            .numExperts(2)
            .mixing(Mixing.KERNELS)::build),
    /** Vectors, and weights that another layer makes. */
    ROUTED_COND_DENSE(
            global -> SmallNets.built(SmallNets.ofVectorsWithSource(
                    new CondDense.Builder()
                            .nOut(4)
                            .numExperts(3)
                            .routing(Routing.shared())
                            .build(),
                    new Router.Builder().numExperts(3).build(),
                    global,
                    Sample.image())),
            Sample::images),
    /** Hierarchical routing of two layers. */
    ROUTER(
            global -> SmallNets.built(
                    SmallNets.hierarchy(Routing.softmax(2).withHiddenLayer(1), Sample::routed, global, Sample.image())),
            Sample::images),
    WEIGHT_NET(
            global -> SmallNets.built(SmallNets.withSource(
                    new WeightNetConv2D.Builder(3, 3)
                            .nOut(3)
                            .sharedContext(true)
                            .build(),
                    new KernelContext.Builder().build(),
                    global,
                    Sample.image())),
            Sample::images),
    DEPTHWISE_WEIGHT_NET(new DepthwiseWeightNetConv2D.Builder(3, 3).m(4).g(2)::build),
    SQUEEZE_EXCITATION(new SqueezeExcitation.Builder().reductionRatio(1)::build),
    /** Convolutions and interpolation by a mask without noise, which would differ from pass to pass. */
    SAMPLED_CONV(new SampledConv2D.Builder(3).nOut(3).sampling(withoutNoise())::build),
    MASKED_CONV(masked(new MaskedConv2D.Builder(3).nOut(3).padding(1)::build), Sample::images),
    INTERPOLATION(masked(new Interpolation.Builder(Interpolation.Method.LEARNED)::build), Sample::images);

    private static final int SIDE = 6;

    private final Function<NeuralNetConfiguration.Builder, ComputationGraph> net;
    private final BiFunction<DataType, Integer, DataSet> batch;

    Sample(
            Function<NeuralNetConfiguration.Builder, ComputationGraph> net,
            BiFunction<DataType, Integer, DataSet> batch) {
        this.net = net;
        this.batch = batch;
    }

    Sample(Supplier<SameDiffBlock> layer) {
        this(global -> SmallNets.around(layer.get(), global, image()), Sample::images);
    }

    public ComputationGraph net(NeuralNetConfiguration.Builder global) {
        return net.apply(global);
    }

    public ComputationGraph net(DataType type, IUpdater updater) {
        return net(SmallNets.global(type, updater));
    }

    /** A labelled batch, the same for the same size. */
    public DataSet batch(DataType type, int size) {
        return batch.apply(type, size);
    }

    private static InputType image() {
        return InputType.convolutional(SIDE, SIDE, 2);
    }

    private static DataSet images(DataType type, int size) {
        Nd4j.getRandom().setSeed(size);
        return SmallNets.batch(type, size, SIDE, SIDE);
    }

    private static Function<NeuralNetConfiguration.Builder, ComputationGraph> masked(Supplier<SameDiffBlock> layer) {
        return global -> SmallNets.built(SmallNets.withSource(
                layer.get(), new SamplingMask.Builder().sampling(withoutNoise()).build(), global, image()));
    }

    private static Sampling withoutNoise() {
        return Sampling.builder()
                .gate(Sampling.Gate.DETERMINISTIC)
                .gridInterval(3)
                .softInference(true)
                .inferenceTemperature(1)
                .sparsityWeight(0.1)
                .build();
    }

    private static CondConv2D routed(int experts) {
        return new CondConv2D.Builder(2, 2)
                .nOut(2)
                .numExperts(experts)
                .routing(Routing.shared())
                .build();
    }
}
