package io.github.dl4jcondconv.export;

import java.nio.file.Path;

/**
 * What an export wrote.
 *
 * @param file the file
 * @param bytes its size
 * @param vertices vertices of the graph
 * @param nodes ONNX nodes made of them
 * @param seconds time the export took
 */
public record ExportReport(Path file, long bytes, int vertices, int nodes, double seconds) {}
