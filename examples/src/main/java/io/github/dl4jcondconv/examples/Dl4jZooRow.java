package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.export.ExportReport;
import io.github.dl4jcondconv.export.OnnxExporter;
import io.github.dl4jcondconv.export.OnnxOptions;
import io.github.dl4jcondconv.fusion.FusionResult;
import io.github.dl4jcondconv.fusion.GraphFuser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What fusion and export do to one network. Differences are the largest of any output, by the largest value of that
 * output.
 *
 * @param normalisations number of BatchNormalizations in the given network
 * @param left those that fusion leaves
 * @param reasons why they stay, and how many for each reason
 * @param fused difference of the fused network to the given one
 * @param onnx difference of the fused network's ONNX file in ONNX Runtime to the given network
 * @param rounding difference of the given network in single precision to itself in double precision
 * @param millis of one image in DL4J
 * @param fusedMillis the same of the fused network
 * @param onnxMillis the same of its ONNX file in ONNX Runtime
 * @param fusionSeconds time that fusion took
 * @param exportSeconds time that export took
 * @param bytes length of the ONNX file
 */
record Dl4jZooRow(
        String network,
        String input,
        int normalisations,
        int left,
        Map<String, Long> reasons,
        double fused,
        double onnx,
        double rounding,
        double millis,
        double fusedMillis,
        double onnxMillis,
        double fusionSeconds,
        double exportSeconds,
        long bytes) {
    private static final int BATCH = 4;
    private static final int PASSES = 5;

    static Dl4jZooRow of(Dl4jZooNetwork network, long seed) throws IOException {
        ComputationGraph given = network.init();
        INDArray batch = Nd4j.rand(
                DataType.FLOAT,
                BATCH,
                network.size().channels(),
                network.size().height(),
                network.size().width());
        RandomParameters.draw(given, batch, seed);
        INDArray[] expected = outputs(given, batch);
        double rounding =
                difference(outputs(given.convertDataType(DataType.DOUBLE), batch.castTo(DataType.DOUBLE)), expected);

        long start = System.nanoTime();
        FusionResult fusion = GraphFuser.fuse(given);
        double fusionSeconds = (System.nanoTime() - start) / 1e9;
        ComputationGraph fused = fusion.graph();
        List<String> names = given.getConfiguration().getNetworkOutputs();
        Path file = Files.createTempFile("zoo", ".onnx");
        try {
            ExportReport export = OnnxExporter.export(fused, file, OnnxOptions.DEFAULT.withOverwrite(true));
            try (OnnxModel onnx = new OnnxModel(file)) {
                return new Dl4jZooRow(
                        network.name(),
                        network.size().toString(),
                        normalisations(given),
                        normalisations(fused),
                        reasons(fusion),
                        difference(expected, outputs(fused, batch)),
                        difference(expected, onnx.output(batch, names)),
                        rounding,
                        millis(() -> given.output(batch)),
                        millis(() -> fused.output(batch)),
                        millis(() -> onnx.output(batch, names)),
                        fusionSeconds,
                        export.seconds(),
                        export.bytes());
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Copies, since the network's own arrays are reused, and so may be its input. */
    private static INDArray[] outputs(ComputationGraph graph, INDArray batch) {
        return Arrays.stream(graph.output(batch.dup())).map(INDArray::dup).toArray(INDArray[]::new);
    }

    private static double difference(INDArray[] expected, INDArray[] actual) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            AnswerGap gap = new AnswerGap();
            gap.add(expected[i], actual[i]);
            largest = Math.max(largest, gap.relative());
        }
        return largest;
    }

    private static int normalisations(ComputationGraph graph) {
        return (int) Arrays.stream(graph.getLayers())
                .filter(layer -> layer.conf().getLayer() instanceof BatchNormalization)
                .count();
    }

    /** The reasons without the names of vertices. */
    private static Map<String, Long> reasons(FusionResult fusion) {
        return fusion.report().stayed().values().stream()
                .map(reason -> reason.replaceAll("\"[^\"]*\"", "..."))
                .collect(Collectors.groupingBy(reason -> reason, LinkedHashMap::new, Collectors.counting()));
    }

    /** The fastest of several passes, for one image. */
    private static double millis(Runnable pass) {
        double fastest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < PASSES; i++) {
            long start = System.nanoTime();
            pass.run();
            fastest = Math.min(fastest, (System.nanoTime() - start) / 1e6 / BATCH);
        }
        return fastest;
    }

    Map<String, Object> toJson() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("network", network);
        values.put("input", input);
        values.put("normalisations", Map.of("before", normalisations, "after", left));
        values.put("stayed", reasons);
        values.put("max_rel_diff", Map.of("fused", fused, "onnx", onnx, "float_itself", rounding));
        values.put("ms_per_image", Map.of("dl4j", millis, "fused", fusedMillis, "onnx", onnxMillis));
        values.put("seconds", Map.of("fusion", fusionSeconds, "export", exportSeconds));
        values.put("onnx_bytes", bytes);
        return values;
    }

    /** Whether both answer as the given network does, to what rounding explains; false for NaN. */
    boolean holds() {
        return fused <= Agreement.TOLERANCE && onnx <= Agreement.TOLERANCE;
    }
}
