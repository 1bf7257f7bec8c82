package io.github.dl4jcondconv.export;

import java.util.List;
import java.util.stream.Collectors;

/** A graph holds something that cannot be written as ONNX. Names every such vertex; no file was written. */
public final class UnsupportedModelException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** One reason.
     *
     * @param vertex name of the vertex
     * @param type class of its layer, vertex, preprocessor or activation
     * @param reason what about it cannot be written
     */
    public record Problem(String vertex, String type, String reason) implements java.io.Serializable {
        @Override
        public String toString() {
            return "vertex \"" + vertex + "\" (" + type + "): " + reason;
        }
    }

    private final List<Problem> problems;

    UnsupportedModelException(List<Problem> problems) {
        super(problems.stream()
                .map(Problem::toString)
                .collect(Collectors.joining("; ", "this graph cannot be exported to ONNX: ", "")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem found, in the order of the graph. */
    public List<Problem> problems() {
        return problems;
    }
}
