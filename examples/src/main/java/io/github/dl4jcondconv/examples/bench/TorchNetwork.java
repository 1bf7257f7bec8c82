package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Tells libtorch a network of DL4J and its parameters. */
final class TorchNetwork {
    private final TorchProcess torch;
    private final ComputationGraph net;
    private final Map<String, INDArray> activations;

    private TorchNetwork(TorchProcess torch, ComputationGraph net, INDArray images) {
        this.torch = torch;
        this.net = net;
        activations = net.feedForward(images, false);
    }

    /**
     * Replaces what the process was told before.
     *
     * @param imagesKind {@code variable} if their gradient is wanted, else {@code constant}
     * @return the name of the output
     */
    static String translate(TorchProcess torch, ComputationGraph net, INDArray images, String imagesKind) {
        torch.ask("reset");
        torch.tensor(input(net), imagesKind, images);
        TorchNetwork translation = new TorchNetwork(torch, net, images);
        for (String vertex : net.getConfiguration().getTopologicalOrderStr()) {
            GraphVertex conf = net.getConfiguration().getVertices().get(vertex);
            if (conf != null) {
                translation.vertex(vertex, conf);
            }
        }
        return net.getConfiguration().getNetworkOutputs().get(0);
    }

    /** The name of the only input. */
    static String input(ComputationGraph net) {
        return net.getConfiguration().getNetworkInputs().get(0);
    }

    /** What an output layer's softmax is of. */
    static String logits(String outputLayer) {
        return outputLayer + ".logits";
    }

    /** A parameter's name there. */
    static String parameter(String vertex, String name) {
        return vertex + "." + name;
    }

    private void vertex(String name, GraphVertex conf) {
        List<String> inputs = net.getConfiguration().getVertexInputs().get(name);
        if (conf instanceof LayerVertex layer) {
            layer(name, layer.getLayerConf().getLayer(), inputs.get(0));
        } else if (conf instanceof ElementWiseVertex sum && sum.getOp() == ElementWiseVertex.Op.Add) {
            op(name, "add " + String.join(" ", inputs));
        } else {
            throw new IllegalArgumentException("no PyTorch for " + conf);
        }
    }

    private void layer(String name, Layer layer, String x) {
        if (layer instanceof ConvolutionLayer conv) {
            String operands = x + " " + given(name, conv.hasBias() ? List.of("W", "b") : List.of("W"));
            String window = window(
                    conv.getStride(),
                    conv.getDilation(),
                    border(
                            name,
                            x,
                            conv.getConvolutionMode(),
                            conv.getKernelSize(),
                            conv.getStride(),
                            conv.getPadding()));
            op(preActivation(name), "conv " + operands + window);
            activate(name, conv.getActivationFn());
        } else if (layer instanceof Convolution2DBlock block) {
            new TorchBlocks(this, name, x).translate(block);
            activate(name, block.getActivationFn());
        } else if (layer instanceof BatchNormalization bn) {
            op(name, batchNormalization(name, x, bn));
        } else if (layer instanceof ActivationLayer activation) {
            op(preActivation(name), "add " + x);
            activate(name, activation.getActivationFn());
        } else if (layer instanceof ZeroPaddingLayer pad) {
            op(name, "pad " + x + " padding=" + numbers(pad.getPadding()));
        } else if (layer instanceof SubsamplingLayer pool) {
            op(
                    name,
                    "maxpool %s kernel=%s stride=%s"
                            .formatted(x, numbers(pool.getKernelSize()), numbers(pool.getStride())));
        } else if (layer instanceof GlobalPoolingLayer) {
            op(name, "mean " + x);
        } else if (layer instanceof OutputLayer) {
            op(logits(name), "dense " + x + " " + given(name, List.of("W", "b")));
            op(name, "softmax " + logits(name));
        } else {
            throw new IllegalArgumentException(
                    "no PyTorch for " + layer.getClass().getSimpleName());
        }
    }

    /** Tells a line of the program. */
    void op(String result, String operation) {
        torch.ask("op " + result + " " + operation);
    }

    /** Where a layer puts what its activation function is applied to. */
    static String preActivation(String vertex) {
        return vertex + ".z";
    }

    private void activate(String name, IActivation activation) {
        if (activation instanceof ActivationReLU) {
            op(name, "relu " + preActivation(name));
        } else if (activation instanceof ActivationIdentity) {
            op(name, "add " + preActivation(name));
        } else {
            throw new IllegalArgumentException("no PyTorch for activation " + activation);
        }
    }

    /** Gives parameters and returns their names. */
    String given(String vertex, List<String> parameters) {
        for (String p : parameters) {
            torch.tensor(parameter(vertex, p), "parameter", parameterOf(vertex, p));
        }
        return parameters.stream().map(p -> parameter(vertex, p)).collect(Collectors.joining(" "));
    }

    /** Gives running statistics and returns their names. */
    String state(String vertex, String mean, INDArray variance, String varianceName) {
        torch.tensor(parameter(vertex, mean), "constant", flat(parameterOf(vertex, mean)));
        torch.tensor(parameter(vertex, varianceName), "constant", flat(variance));
        return parameter(vertex, mean) + " " + parameter(vertex, varianceName);
    }

    INDArray parameterOf(String vertex, String name) {
        INDArray value = net.getLayer(vertex).getParam(name);
        return value.rank() == 2 && value.size(0) == 1 ? flat(value) : value;
    }

    private static INDArray flat(INDArray value) {
        return value.reshape(value.length());
    }

    private String batchNormalization(String name, String x, BatchNormalization bn) {
        INDArray variance = bn.isUseLogStd()
                ? Transforms.exp(parameterOf(name, "log10stdev").mul(2 * Math.log(10)))
                : parameterOf(name, "var");
        return "batchnorm %s %s %s eps=%s decay=%s"
                .formatted(
                        x,
                        given(name, List.of("gamma", "beta")),
                        state(name, "mean", variance, "var"),
                        bn.getEps(),
                        bn.getDecay());
    }

    /** Zeros above, below, left and right. */
    int[] border(String vertex, String x, ConvolutionMode mode, int[] window, int[] stride, int[] padding) {
        if (mode != ConvolutionMode.Same) {
            return new int[] {padding[0], padding[0], padding[1], padding[1]};
        }
        int[] border = new int[4];
        for (int axis = 0; axis < 2; axis++) {
            long in = activations.get(x).size(2 + axis);
            long out = activations.get(vertex).size(2 + axis);
            int zeros = (int) Math.max(0, (out - 1) * stride[axis] + window[axis] - in);
            border[2 * axis] = zeros / 2;
            border[2 * axis + 1] = zeros - zeros / 2;
        }
        return border;
    }

    static String window(int[] stride, int[] dilation, int[] border) {
        return " stride=%s dilation=%s padding=%s".formatted(numbers(stride), numbers(dilation), numbers(border));
    }

    static String numbers(int... values) {
        return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }
}
