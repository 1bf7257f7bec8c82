package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;

import io.github.dl4jcondconv.testing.Form;
import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.LayerRun;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What kernels compute of a network's one layer against what its definition says. */
final class KernelAgreement {
    // The project's bound for FLOAT; sums of up to some thousand products differ by a tenth of it
    private static final double TOLERANCE = 1e-5;

    // A router's gradients are differences of such sums: with seed 7 the definition's own are 2e-5 from those in DOUBLE
    private static final double OF_ROUTERS = 5e-5;

    private KernelAgreement() {}

    /**
     * In training and at inference, with and without workspaces, on oneDNN and on what there is without it, input and
     * upstream gradient being of a form.
     */
    static void assertAgreement(ComputationGraph net, INDArray input, Form form) {
        SmallNets.scatterAll(net);
        INDArray upstream = Nd4j.randn(DataType.FLOAT, net.outputSingle(input).shape());
        Map<String, INDArray> expected = Kernels.off(() -> values(net, input, upstream.dup(), false));
        for (boolean inWorkspace : new boolean[] {true, false}) {
            Supplier<Map<String, INDArray>> kernels = () -> values(net, form.of(input), form.of(upstream), inWorkspace);
            assertAllClose(kernels.get(), expected);
            assertAllClose(Kernels.withoutOneDnn(kernels), expected);
        }
    }

    private static void assertAllClose(Map<String, INDArray> actual, Map<String, INDArray> expected) {
        assertClose(routers(actual, true), routers(expected, true), OF_ROUTERS);
        assertClose(routers(actual, false), routers(expected, false), TOLERANCE);
    }

    private static Map<String, INDArray> values(
            ComputationGraph net, INDArray input, INDArray upstream, boolean inWorkspace) {
        Map<String, INDArray> values = LayerRun.of(net, input, upstream, inWorkspace);
        net.getConfiguration().setInferenceWorkspaceMode(inWorkspace ? WorkspaceMode.ENABLED : WorkspaceMode.NONE);
        values.put("inference", net.outputSingle(input));
        return values;
    }

    /** The gradients of routers' parameters, or all else. */
    private static Map<String, INDArray> routers(Map<String, INDArray> values, boolean wanted) {
        Map<String, INDArray> found = new HashMap<>(values);
        found.keySet().removeIf(name -> name.startsWith("routing") != wanted);
        return found;
    }
}
