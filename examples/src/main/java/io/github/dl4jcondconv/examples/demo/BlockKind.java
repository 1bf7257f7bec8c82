package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.activations.Activation;

/** What the demo's network is made of: three ways to go from an image to normalised, activated features. */
public enum BlockKind {
    /** DL4J's convolution, BatchNormalization, ReLU. */
    PLAIN {
        @Override
        String add(GraphBuilder graph, String input, int index, int nOut, int stride) {
            String convolution = "conv" + index;
            graph.addLayer(
                    convolution,
                    new ConvolutionLayer.Builder(KERNEL, KERNEL)
                            .nOut(nOut)
                            .stride(stride, stride)
                            .hasBias(false)
                            .activation(Activation.IDENTITY)
                            .build(),
                    input);
            return addNormalization(graph, convolution, index);
        }
    },

    /** An AsymmetricConvBlock, which normalises and activates by itself. */
    ACNET {
        @Override
        String add(GraphBuilder graph, String input, int index, int nOut, int stride) {
            String block = "acb" + index;
            graph.addLayer(
                    block,
                    new AsymmetricConvBlock.Builder(KERNEL)
                            .nOut(nOut)
                            .stride(stride, stride)
                            .activation(Activation.RELU)
                            .build(),
                    input);
            return block;
        }
    },

    /** CondConv2D, BatchNormalization, ReLU. The first convolution sees only pixels to route by, and stays plain. */
    CONDCONV {
        @Override
        String add(GraphBuilder graph, String input, int index, int nOut, int stride) {
            if (index == 1) {
                return PLAIN.add(graph, input, index, nOut, stride);
            }
            String convolution = "condconv" + index;
            graph.addLayer(
                    convolution,
                    new CondConv2D.Builder(KERNEL, KERNEL)
                            .numExperts(EXPERTS)
                            .nOut(nOut)
                            .stride(stride, stride)
                            .hasBias(false)
                            .activation(Activation.IDENTITY)
                            .build(),
                    input);
            return addNormalization(graph, convolution, index);
        }
    };

    private static final int KERNEL = 3;
    private static final int EXPERTS = 4;

    /**
     * Adds one block.
     *
     * @param index number of the block in the network, from 1
     * @return the name of the vertex that holds its output
     */
    abstract String add(GraphBuilder graph, String input, int index, int nOut, int stride);

    private static String addNormalization(GraphBuilder graph, String convolution, int index) {
        graph.addLayer("bn" + index, new BatchNormalization(), convolution);
        graph.addLayer("relu" + index, new ActivationLayer(Activation.RELU), "bn" + index);
        return "relu" + index;
    }
}
