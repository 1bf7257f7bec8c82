package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
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
    PROBE {
        @Override
        public ComputationGraph net(NeuralNetConfiguration.Builder global) {
            return ProbeNets.around(new ProbeLayer.Builder().auxiliaryLoss(0.1).build(), global);
        }

        @Override
        public DataSet batch(DataType type, int size) {
            return ProbeNets.batch(type, size);
        }
    },
    /** Two inputs. */
    GATED {
        @Override
        public ComputationGraph net(NeuralNetConfiguration.Builder global) {
            return ProbeNets.gated(global);
        }

        @Override
        public DataSet batch(DataType type, int size) {
            return ProbeNets.batch(type, size);
        }
    },
    COND_CONV {
        @Override
        public ComputationGraph net(NeuralNetConfiguration.Builder global) {
            return SmallNets.around(
                    new CondConv2D.Builder(3, 3).nOut(3).numExperts(2).build(), global, IMAGE);
        }

        @Override
        public DataSet batch(DataType type, int size) {
            return images(type, size);
        }
    },
    /** Depthwise, with outputs mixed instead of kernels. */
    DEPTHWISE_COND_CONV {
        @Override
        public ComputationGraph net(NeuralNetConfiguration.Builder global) {
            return SmallNets.around(
                    new DepthwiseCondConv2D.Builder(3, 3)
                            .numExperts(2)
                            .mixing(Mixing.OUTPUTS)
                            .build(),
                    global,
                    IMAGE);
        }

        @Override
        public DataSet batch(DataType type, int size) {
            return images(type, size);
        }
    },
    /** Vectors, and weights that another layer makes. */
    ROUTED_COND_DENSE {
        @Override
        public ComputationGraph net(NeuralNetConfiguration.Builder global) {
            return SmallNets.built(SmallNets.ofVectorsWithSource(
                    new CondDense.Builder()
                            .nOut(3)
                            .numExperts(2)
                            .routing(Routing.shared())
                            .build(),
                    new Router.Builder().numExperts(2).build(),
                    global,
                    IMAGE));
        }

        @Override
        public DataSet batch(DataType type, int size) {
            return images(type, size);
        }
    },
    ASYMMETRIC {
        @Override
        public ComputationGraph net(NeuralNetConfiguration.Builder global) {
            return SmallNets.around(
                    new AsymmetricConvBlock.Builder(3)
                            .nOut(3)
                            .convolutionMode(ConvolutionMode.Same)
                            .build(),
                    global,
                    IMAGE);
        }

        @Override
        public DataSet batch(DataType type, int size) {
            return images(type, size);
        }
    };

    private static final int SIDE = 6;
    private static final InputType IMAGE = InputType.convolutional(SIDE, SIDE, 2);

    public abstract ComputationGraph net(NeuralNetConfiguration.Builder global);

    public ComputationGraph net(DataType type, IUpdater updater) {
        return net(SmallNets.global(type, updater));
    }

    /** A labelled batch, the same for the same size. */
    public abstract DataSet batch(DataType type, int size);

    private static DataSet images(DataType type, int size) {
        Nd4j.getRandom().setSeed(size);
        return SmallNets.batch(type, size, SIDE, SIDE);
    }
}
