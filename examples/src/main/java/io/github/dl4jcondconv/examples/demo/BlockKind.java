package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What the demo's network is made of: ways to go from an image to normalised, activated features. */
public enum BlockKind {
    /** DL4J's convolution, BatchNormalization, ReLU. */
    PLAIN {
        @Override
        String add(GraphBuilder graph, String input, Block block) {
            return addNormalized(graph, "conv", plain(block), input, block);
        }
    },

    /** An AsymmetricConvBlock, which normalises and activates by itself. */
    ACNET {
        @Override
        String add(GraphBuilder graph, String input, Block block) {
            String name = "acb" + block.number();
            Layer layer = sized(new AsymmetricConvBlock.Builder(KERNEL), block)
                    .activation(Activation.RELU)
                    .build();
            graph.addLayer(name, layer, input);
            return name;
        }
    },

    /** CondConv2D, BatchNormalization, ReLU. The first convolution sees only pixels to route by, and stays plain. */
    CONDCONV {
        @Override
        String add(GraphBuilder graph, String input, Block block) {
            return block.isFirst()
                    ? PLAIN.add(graph, input, block)
                    : addNormalized(graph, "condconv", condConv(block), input, block);
        }
    },

    /** WeightNetConv2D, BatchNormalization, ReLU; the first convolution stays plain, as in the paper. */
    WEIGHTNET {
        @Override
        String add(GraphBuilder graph, String input, Block block) {
            return block.isFirst()
                    ? PLAIN.add(graph, input, block)
                    : addNormalized(graph, "weightnet", weightNet(block), input, block);
        }
    },

    /** The plain block, then SqueezeExcitation. */
    SE {
        @Override
        String add(GraphBuilder graph, String input, Block block) {
            String name = "se" + block.number();
            Layer layer =
                    new SqueezeExcitation.Builder().reductionRatio(REDUCTION).build();
            graph.addLayer(name, layer, PLAIN.add(graph, input, block));
            return name;
        }
    },

    /**
     * SampledConv2D, BatchNormalization, ReLU in the second block. The first convolution sees only pixels to choose by,
     * the last has but 16 positions to choose from; they stay plain.
     */
    SAMPLED {
        @Override
        String add(GraphBuilder graph, String input, Block block) {
            return block.number() == 2
                    ? addNormalized(graph, "sampled", sampled(block), input, block)
                    : PLAIN.add(graph, input, block);
        }
    };

    /**
     * One of a network's blocks.
     *
     * @param number from 1
     * @param nOut channels
     * @param stride of its convolution
     * @param steps of training
     */
    record Block(int number, int nOut, int stride, int steps) {
        private boolean isFirst() {
            return number == 1;
        }
    }

    private static final int KERNEL = 3;
    private static final int EXPERTS = 4;
    private static final int REDUCTION = 4;
    /** Of each mask. */
    private static final double SPARSITY_WEIGHT = 0.02;
    /** The paper's temperature at the end of training and at inference. */
    private static final double LAST_TEMPERATURE = 0.03;

    /**
     * Adds one block.
     *
     * @return the name of the vertex that holds its output
     */
    abstract String add(GraphBuilder graph, String input, Block block);

    private static String addNormalized(GraphBuilder graph, String name, Layer layer, String input, Block block) {
        int number = block.number();
        graph.addLayer(name + number, layer, input);
        graph.addLayer("bn" + number, new BatchNormalization(), name + number);
        graph.addLayer("relu" + number, new ActivationLayer(Activation.RELU), "bn" + number);
        return "relu" + number;
    }

    private static Layer plain(Block block) {
        return new ConvolutionLayer.Builder(KERNEL, KERNEL)
                .nOut(block.nOut())
                .stride(block.stride(), block.stride())
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static Layer condConv(Block block) {
        return sized(new CondConv2D.Builder(KERNEL), block)
                .numExperts(EXPERTS)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static Layer weightNet(Block block) {
        return sized(new WeightNetConv2D.Builder(KERNEL), block)
                .activation(Activation.IDENTITY)
                .build();
    }

    /** The paper anneals over hundreds of thousands of steps; these few end as cold. */
    private static Layer sampled(Block block) {
        double decay = Math.pow(LAST_TEMPERATURE, 1.0 / block.steps());
        Sampling sampling = Sampling.builder()
                .temperature(new ExponentialSchedule(ScheduleType.ITERATION, 1, decay))
                .sparsityWeight(SPARSITY_WEIGHT)
                .seed(block.number())
                .build();
        return sized(new SampledConv2D.Builder(KERNEL), block)
                .sampling(sampling)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static <T extends Convolution2DBlock.Builder<T>> T sized(T builder, Block block) {
        return builder.nOut(block.nOut()).stride(block.stride());
    }
}
