package io.github.dl4jcondconv.fusion;

/**
 * One rewriting of a network that leaves its answers as they are. A rule looks at one vertex, edits the draft around it
 * or leaves it untouched, and says which.
 */
interface FusionRule {

    /** The rule in a few words, as the report prints it. */
    String name();

    /**
     * Applies the rule at a vertex where that is exact at inference.
     *
     * @param vertex the name of a vertex of the draft
     */
    Outcome apply(NetworkDraft draft, String vertex);

    /** What became of a rule at a vertex. */
    sealed interface Outcome {
        /** The vertex is none of the rule's business. */
        Outcome NOT_MINE = new NotMine();

        /** The rule edited the draft; {@code vertex} is where the result is found. */
        static Outcome fusedInto(String vertex) {
            return new Fused(vertex);
        }

        /** The rule took the vertex out. */
        static Outcome removed() {
            return new Removed();
        }

        /** The vertex is one that the rule is for, but folding it would not be exact. */
        static Outcome stays(String reason) {
            return new Stays(reason);
        }
    }

    /** See {@link Outcome#NOT_MINE}. */
    record NotMine() implements Outcome {}

    /** See {@link Outcome#fusedInto}. */
    record Fused(String vertex) implements Outcome {}

    /** See {@link Outcome#removed}. */
    record Removed() implements Outcome {}

    /** See {@link Outcome#stays}. */
    record Stays(String reason) implements Outcome {}
}
