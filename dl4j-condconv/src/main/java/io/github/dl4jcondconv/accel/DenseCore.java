package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;
import static org.deeplearning4j.nn.params.DefaultParamInitializer.BIAS_KEY;
import static org.deeplearning4j.nn.params.DefaultParamInitializer.WEIGHT_KEY;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.InnerProduct;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.PostOps;
import java.util.EnumMap;
import java.util.Map;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The products of dense layers, y = x W + b with W of [nIn, nOut]. Not for speed alone: a thread of ND4J's own products
 * keeps spinning for some 25 ms afterwards and takes a processor from the kernels of other layers.
 */
final class DenseCore {
    private final boolean fixed;

    /** Made at the first pass of a layer whose parameters are fixed. */
    private FixedWeights fixedWeights;

    /** The last pass of such a layer. */
    private FixedPass fixedPass;

    /** What passes of a number of examples, by a number of threads, have in common where parameters are fixed. */
    private record FixedPass(long examples, int threads, Kernel kernel, Memory weights, Memory bias) {}

    /** @param fixed whether parameters do not change any more */
    DenseCore(boolean fixed) {
        this.fixed = fixed;
    }

    /** Whether arrays are what kernels take; whatever DL4J refuses is not. */
    static boolean accepts(INDArray x, INDArray w) {
        return OneDnn.isAvailable() && x.rank() == 2 && x.dataType() == DataType.FLOAT && x.size(1) == w.size(0);
    }

    /**
     * y.
     *
     * @param b or null
     */
    INDArray forward(INDArray x, INDArray w, INDArray b, LayerWorkspaceMgr workspaces) {
        INDArray y = Images.createWhole(workspaces, ArrayType.ACTIVATIONS, x.size(0), w.size(1));
        write(x, w, b, y);
        return y;
    }

    /** Writes y. */
    void write(INDArray x, INDArray w, INDArray b, INDArray y) {
        if (fixed) {
            FixedPass pass = fixedPass(x, w, b);
            run(pass.kernel, matrix(x), pass.weights, pass.bias, matrix(y));
        } else {
            Memory weights = Memory.of(w.transpose());
            Kernel kernel = operation(x, weights.layout(), b != null, y).forward(true, PostOps.NONE);
            run(kernel, matrix(x), weights, b == null ? null : Images.vector(b), matrix(y));
        }
    }

    private static void run(Kernel kernel, Memory x, Memory weights, Memory bias, Memory y) {
        Map<Argument, Memory> arguments = arguments(SRC, x, DST, y);
        arguments.put(WEIGHTS, weights);
        if (bias != null) {
            arguments.put(BIAS, bias);
        }
        kernel.run(arguments);
    }

    /** The last one where it fits: to find its parts takes longer than a few examples do. */
    private FixedPass fixedPass(INDArray x, INDArray w, INDArray b) {
        FixedPass last = fixedPass;
        long examples = x.size(0);
        int threads = OneDnn.threads();
        if (last != null && last.examples == examples && last.threads == threads) {
            return last;
        }
        if (fixedWeights == null) {
            fixedWeights = new FixedWeights(Memory.of(w.transpose()));
        }
        InnerProduct operation = new InnerProduct(
                Layout.dense(x.shape()),
                Layout.any(w.size(1), w.size(0)),
                b != null,
                Layout.dense(examples, w.size(1)));
        Kernel kernel = operation.forward(false, PostOps.NONE);
        Memory bias = b == null ? null : Images.vector(b);
        fixedPass = new FixedPass(examples, threads, kernel, fixedWeights.in(kernel.layout(WEIGHTS)), bias);
        return fixedPass;
    }

    /**
     * The gradients by the parameters, and by x.
     *
     * @param gradients where those by the parameters belong, by name; without a bias, of W alone
     */
    Pair<Gradient, INDArray> backward(
            INDArray x, INDArray dy, INDArray w, Map<String, INDArray> gradients, LayerWorkspaceMgr workspaces) {
        INDArray dw = gradients.get(WEIGHT_KEY);
        INDArray db = gradients.get(BIAS_KEY);
        INDArray dx = Images.create(workspaces, ArrayType.ACTIVATION_GRAD, x.shape());
        backwardWeights(x, dy, dw, db);
        backwardData(dy, w, dx);
        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(WEIGHT_KEY, dw);
        if (db != null) {
            gradient.setGradientFor(BIAS_KEY, db);
        }
        return new Pair<>(gradient, dx);
    }

    private static void backwardWeights(INDArray x, INDArray dy, INDArray dw, INDArray db) {
        Memory gradient = Memory.of(dw.transpose());
        Map<Argument, Memory> arguments = arguments(SRC, matrix(x), DIFF_DST, matrix(dy));
        if (db != null) {
            arguments.put(DIFF_BIAS, Images.vector(db));
        }
        Kernel kernel = operation(x, gradient.layout(), db != null, dy).backwardWeights();
        ConvolutionPass.run(kernel, arguments, DIFF_WEIGHTS, gradient);
    }

    private static void backwardData(INDArray dy, INDArray w, INDArray dx) {
        Memory weights = Memory.of(w.transpose());
        Map<Argument, Memory> arguments = arguments(DIFF_DST, matrix(dy), WEIGHTS, weights);
        arguments.put(DIFF_SRC, matrix(dx));
        operation(dx, weights.layout(), false, dy).backwardData().run(arguments);
    }

    private static InnerProduct operation(INDArray x, Layout weights, boolean bias, INDArray y) {
        return new InnerProduct(Layout.dense(x.shape()), weights, bias, Layout.dense(y.shape()));
    }

    private static Memory matrix(INDArray array) {
        return Memory.of(Images.dense(array));
    }

    private static Map<Argument, Memory> arguments(Argument first, Memory a, Argument second, Memory b) {
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(first, a);
        arguments.put(second, b);
        return arguments;
    }
}
