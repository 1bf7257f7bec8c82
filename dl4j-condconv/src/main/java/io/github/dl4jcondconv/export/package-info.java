/**
 * Writes a {@link org.deeplearning4j.nn.graph.ComputationGraph} as an ONNX file.
 *
 * <p>{@link io.github.dl4jcondconv.export.OnnxExporter} is the way in. Inside, a graph context collects nodes and
 * weights, operators are a table, and each kind of layer, vertex, preprocessor and activation has a writer in one
 * registry. The ONNX protobuf classes are those that nd4j-api brings.
 */
package io.github.dl4jcondconv.export;
