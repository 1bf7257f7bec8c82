package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import lombok.EqualsAndHashCode;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Normal distribution with mean 0 and standard deviation 1 / fanIn, the way WeightNet's official code starts all weights.
 * The default of WeightNet's layers in place of the network's weight initialisation, since what they train is no kernel
 * but makes kernels. The fan-in of a kernel entry's weights ({@code fc2W}) is the size of the slice of kernel that its
 * group makes.
 */
@EqualsAndHashCode
public final class WeightInitWeightNet implements IWeightInit {
    private static final long serialVersionUID = 1;

    /** Chooses it for a layer whose user chose none. */
    static void unlessChosen(SameDiffBlock layer) {
        if (layer.getWeightInitFn() == null) {
            layer.setWeightInitFn(new WeightInitWeightNet());
        }
    }

    @Override
    public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray view) {
        Nd4j.randn(view).divi(fanIn);
        return view.reshape(order, shape);
    }
}
