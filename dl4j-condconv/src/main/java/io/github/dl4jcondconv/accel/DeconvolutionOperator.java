package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;
import static org.deeplearning4j.nn.params.DeconvolutionParamInitializer.BIAS_KEY;
import static org.deeplearning4j.nn.params.DeconvolutionParamInitializer.WEIGHT_KEY;

import io.github.dl4jcondconv.onednn.Binary;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's deconvolution with filters W [nIn, nOut, kH, kW]: what takes gradients back through the convolution of nOut to nIn
 * channels with these filters. That convolution takes the gradients of the deconvolution back.
 */
final class DeconvolutionOperator implements ImageOperator {
    private final Layer layer;
    private final ConvolutionLayer conf;
    private final CNN2DFormat format;
    private final Windows windows;
    private final OutputActivation activation;
    private final boolean fixed;

    /** Made at the first pass of a layer whose parameters are fixed. */
    private FixedWeights fixedWeights;

    DeconvolutionOperator(Layer layer, Placement placement) {
        this.layer = layer;
        this.conf = (ConvolutionLayer) layer.conf().getLayer();
        this.format = conf.getCnn2dDataFormat();
        this.windows = Windows.of(conf);
        this.activation = new OutputActivation(conf.getActivationFn(), format);
        this.fixed = placement.fixed();
    }

    @Override
    public boolean accepts(INDArray input) {
        if (!Images.areOf(weights().size(0), input, format)) {
            return false;
        }
        long[] in = Images.shape(input, format);
        long[] out = windows.transposedShape(in, weights().size(1));
        return out != null && windows.on(out, in) != null;
    }

    @Override
    public INDArray activate(
            INDArray input, boolean training, LayerWorkspaceMgr workspaces, boolean blocked, boolean keepsOutput) {
        long[] out =
                windows.transposedShape(Images.shape(input, format), weights().size(1));
        boolean inBlocks = blocked && activation.takesBlocked() && Images.canBeBlocked(out[1]);
        INDArray y = Images.create(workspaces, ArrayType.ACTIVATIONS, out, format, inBlocks);
        Memory images = Images.memory(y, format);
        convolution(input).backwardData(Images.memory(input, format), this::weightsIn, images);
        addBias(y, images);
        return activation.apply(y, training, workspaces, keepsOutput);
    }

    private Memory weightsIn(Layout layout) {
        if (!fixed) {
            return Reorder.to(layout, weights());
        }
        if (fixedWeights == null) {
            fixedWeights = new FixedWeights(Memory.of(weights()));
        }
        return fixedWeights.in(layout);
    }

    /** Adds the bias and applies the activation where kernels do that. */
    private void addBias(INDArray y, Memory images) {
        PostOps after = activation.postOps();
        if (conf.hasBias()) {
            INDArray bias = Images.dense(layer.getParam(BIAS_KEY));
            long channels = bias.length();
            // oneDNN has code of its own for equal orders of dimensions only
            if (Images.areBlocked(y)) {
                add(images, new Memory(Layout.blocked(1, channels, 1, 1), bias), after);
            } else if (format == CNN2DFormat.NCHW) {
                add(images, new Memory(Layout.dense(1, channels, 1, 1), bias), after);
            } else {
                Layout pixels = Layout.dense(y.length() / channels, channels);
                add(images.as(pixels), new Memory(Layout.dense(1, channels), bias), after);
            }
        } else if (after.activation() != null) {
            new Eltwise(after.activation(), images.layout()).forward().run(Map.of(SRC, images, DST, images));
        }
    }

    private static void add(Memory images, Memory bias, PostOps after) {
        new Binary(Binary.Operation.ADD, images.layout(), bias.layout())
                .kernel(after)
                .run(Map.of(SRC, images, SRC_1, bias, DST, images));
    }

    @Override
    public INDArray backprop(
            INDArray input,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            LayerWorkspaceMgr workspaces,
            boolean wanted) {
        Memory delta = activation.delta(epsilon);
        ConvolutionPass convolution = convolution(input);
        Memory x = Images.memory(input, format);
        convolution.backwardWeights(delta, x, Memory.of(gradients.get(WEIGHT_KEY)), null);
        if (conf.hasBias()) {
            ChannelSums.write(delta, Images.vector(gradients.get(BIAS_KEY)));
        }
        if (!wanted) {
            return null;
        }
        INDArray next = Images.create(workspaces, ArrayType.ACTIVATION_GRAD, input.shape());
        convolution.forward(PostOps.NONE, delta, Memory.of(weights()), null, Images.memory(next, format));
        return next;
    }

    @Override
    public void clear() {
        activation.clear();
    }

    private INDArray weights() {
        return layer.getParam(WEIGHT_KEY);
    }

    /** From the layer's output to its input. */
    private ConvolutionPass convolution(INDArray input) {
        long[] in = Images.shape(input, format);
        long[] out = windows.transposedShape(in, weights().size(1));
        return new ConvolutionPass(new Convolution(
                Images.preferred(out),
                Layout.any(weights().shape()),
                false,
                Images.preferred(in),
                windows.on(out, in)));
    }
}
