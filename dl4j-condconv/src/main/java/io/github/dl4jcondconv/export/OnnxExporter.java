package io.github.dl4jcondconv.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Writes a {@link ComputationGraph} of two-dimensional convolutions as an ONNX file (opset 13, IR version 7) that
 * computes what {@code graph.output} does.
 *
 * <ul>
 *   <li>Inputs and outputs keep their names and DL4J's layout, NCHW or NHWC; each vertex is a node and a tensor of its
 *       name. Inside the file images are NCHW.
 *   <li>An input that DL4J takes flat as well as as an image is an image; {@link OnnxOptions#withInputType} asks for the
 *       flat one.
 *   <li>The number of examples is open ("N"). So are height and width, unless
 *       {@link OnnxOptions#withInputType} fixes them; a dense layer behind a flattened image still works for one size
 *       only.
 *   <li>Weights are 32-bit floats, also those of a DOUBLE or HALF network.
 *   <li>Dropout, weight noise and DL4J's mask arrays have no part in it: this is inference.
 *   <li>Kernels that depend on the example keep the number of examples open; {@link OnnxOptions#mixing} says how. Sampled
 *       convolutions are computed at every position, and their masks are never random:
 *       {@link OnnxOptions#deterministicSampling}.
 *   <li>The metadata names this library's and DL4J's version and a SHA-256 of configuration and parameters.
 * </ul>
 *
 * <p>Two accidents of DL4J 1.0.0-M2.1 are not copied: an ActivationLayer that overwrites its input, where that is an
 * input or output of the network, and max pooling whose dilation is ignored by builds with oneDNN when it pads.
 *
 * <p>A {@code MultiLayerNetwork} is exported through its {@code toComputationGraph()}. The graph is not changed. The
 * file appears whole or not at all.
 */
public final class OnnxExporter {
    private static final int IR_VERSION = 7;

    private OnnxExporter() {}

    /**
     * Exports with the default options.
     *
     * @see #export(ComputationGraph, Path, OnnxOptions)
     */
    public static ExportReport export(ComputationGraph graph, Path target) throws IOException {
        return export(graph, target, OnnxOptions.DEFAULT);
    }

    /**
     * Exports a graph.
     *
     * @param graph an initialised graph
     * @param target the file to write
     * @return what was written
     * @throws UnsupportedModelException if a layer, vertex, preprocessor or option has no ONNX form or a parameter is
     *     not finite; it lists all of them
     * @throws IllegalArgumentException if the graph is not initialised, or the options do not fit it
     * @throws IOException if the file exists and may not be overwritten, or cannot be written
     */
    public static ExportReport export(ComputationGraph graph, Path target, OnnxOptions options) throws IOException {
        long start = System.nanoTime();
        AtomicFile file = new AtomicFile(target, options.overwrite());
        if (graph.getVertices() == null || graph.params() == null) {
            throw new IllegalArgumentException("the graph is not initialised: call init() and train it, or load it");
        }
        OnnxGraph translated = GraphTranslator.translate(graph, options);
        ModelProto model = model(graph, translated);
        file.write(model::writeTo);
        return new ExportReport(
                target,
                Files.size(target),
                graph.getVertices().length,
                translated.nodeCount(),
                (System.nanoTime() - start) / 1e9);
    }

    private static ModelProto model(ComputationGraph source, OnnxGraph translated) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OnnxOp.OPSET))
                .setProducerName(Provenance.PRODUCER)
                .setProducerVersion(Provenance.libraryVersion())
                .setGraph(translated.build());
        Provenance.of(source)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }
}
