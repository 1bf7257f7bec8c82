package io.github.dl4jcondconv.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whether an exported graph computes in ONNX Runtime what it computes in DL4J. */
public final class Agreement {
    /** Of the largest output: single precision leaves about 1e-6 a layer, a wrong formula far more than this. */
    public static final double TOLERANCE = 1e-4;

    private static final int[] BATCHES = {1, 3, 32};

    private Agreement() {}

    /** Fails unless the outputs agree for all batch sizes out of one file; shape is of one example. */
    static void assertExports(ComputationGraph graph, long... shape) throws Exception {
        assertExports(graph, OnnxOptions.DEFAULT, shape);
    }

    static void assertExports(ComputationGraph graph, OnnxOptions options, long... shape) throws Exception {
        randomize(graph, 42);
        assertThat(difference(graph, options, shape)).isLessThan(TOLERANCE);
    }

    /** The largest difference between DL4J and ONNX Runtime, relative to the largest output. */
    static double difference(ComputationGraph graph, long... shape) throws Exception {
        return difference(graph, OnnxOptions.DEFAULT, shape);
    }

    private static double difference(ComputationGraph graph, OnnxOptions options, long... shape) throws Exception {
        Path file = Files.createTempFile("agreement", ".onnx");
        try {
            OnnxExporter.export(graph, file, options.withOverwrite(true));
            double worst = 0;
            try (OnnxModel model = new OnnxModel(file)) {
                for (int batch : BATCHES) {
                    INDArray[] inputs = examples(batch, graph.getNumInputArrays(), shape);
                    worst = Math.max(worst, difference(graph, model, inputs));
                }
            }
            return worst;
        } finally {
            Files.delete(file);
        }
    }

    /** The largest difference between DL4J and ONNX Runtime on these inputs, relative to the largest output. */
    public static double differenceOn(ComputationGraph graph, INDArray... inputs) throws Exception {
        Path file = Files.createTempFile("agreement", ".onnx");
        try {
            OnnxExporter.export(graph, file, OnnxOptions.DEFAULT.withOverwrite(true));
            try (OnnxModel model = new OnnxModel(file)) {
                return difference(graph, model, inputs);
            }
        } finally {
            Files.delete(file);
        }
    }

    static double difference(ComputationGraph graph, OnnxModel model, INDArray... inputs) throws Exception {
        INDArray[] expected = graph.output(false, copies(inputs));
        Map<String, INDArray> actual = model.output(graph.getConfiguration().getNetworkInputs(), inputs);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            String name = graph.getConfiguration().getNetworkOutputs().get(i);
            worst = Math.max(worst, difference(expected[i], actual.get(name)));
        }
        return worst;
    }

    static double difference(INDArray expected, INDArray actual) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double largest = expected.amaxNumber().doubleValue();
        assertThat(largest).as("the largest output, else nothing is compared").isPositive();
        return expected.castTo(DataType.DOUBLE)
                        .sub(actual.castTo(DataType.DOUBLE))
                        .amaxNumber()
                        .doubleValue()
                / largest;
    }

    /**
     * Random weights, biases and running statistics, of sizes that neither overflow nor amplify rounding errors: weights
     * keep their initial values but for their size, and variances are 1 to 4, so that sums of residuals do not grow.
     */
    static void randomize(ComputationGraph graph, long seed) {
        Nd4j.getRandom().setSeed(seed);
        for (GraphVertex vertex : graph.getVertices()) {
            Map<String, INDArray> params = vertex.paramTable(false);
            if (params != null) {
                params.forEach(Agreement::randomize);
            }
        }
    }

    private static void randomize(String key, INDArray array) {
        INDArray uniform = Nd4j.rand(DataType.DOUBLE, array.shape());
        String stem = key.replaceAll("(sq|hor|ver)$", "");
        switch (stem) {
            case "gamma", "sigma" -> array.assign(uniform.addi(0.5));
            case "var" -> array.assign(uniform.addi(1));
            case "log10stdev" -> array.assign(uniform.muli(0.3));
            // decide what happens to an example: large, so that examples differ, but no gate closes
            case "routingW", "routingHiddenW", "reduceW", "fc1W", "expandW", "kernel" ->
                array.assign(uniform.subi(0.5).muli(8 / Math.sqrt(array.size(0))));
            default -> {
                if (isOffset(stem) || array.amaxNumber().doubleValue() == 0) {
                    array.assign(uniform.subi(0.5));
                } else {
                    shrink(array);
                }
            }
        }
    }

    private static boolean isOffset(String key) {
        return key.equals("beta") || key.equals("mean") || key.endsWith("b") || key.equals("bs");
    }

    /**
     * No larger than He initialisation, whose layers pass on the size of their input; a tenth of it in dense layers, so
     * that no softmax says 1 and hides all differences.
     */
    private static void shrink(INDArray weights) {
        boolean dense = weights.rank() == 2;
        long fanIn = dense ? weights.size(0) : weights.length() / weights.size(0);
        double largest = Math.sqrt(2.0 / fanIn) * (dense ? 0.1 : 1);
        double size = weights.norm2Number().doubleValue() / Math.sqrt(weights.length());
        weights.muli(Math.min(1, largest / size));
    }

    /** Inputs of the given shape, between -1 and 1 around a value of each example's own. */
    static INDArray[] examples(int count, int inputs, long... shape) {
        long[] all = new long[shape.length + 1];
        all[0] = count;
        System.arraycopy(shape, 0, all, 1, shape.length);
        long[] perExample = new long[all.length];
        Arrays.fill(perExample, 1);
        perExample[0] = count;
        INDArray[] arrays = new INDArray[inputs];
        for (int i = 0; i < inputs; i++) {
            arrays[i] = Nd4j.rand(DataType.FLOAT, all).muli(2).subi(1);
            arrays[i].addi(Nd4j.rand(DataType.FLOAT, perExample).subi(0.5).broadcast(all));
        }
        return arrays;
    }

    private static INDArray[] copies(INDArray... arrays) {
        INDArray[] copies = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            copies[i] = arrays[i].dup();
        }
        return copies;
    }
}
