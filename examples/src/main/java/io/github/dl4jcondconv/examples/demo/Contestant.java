package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.fusion.FusionReport;

/**
 * One of the demo's networks, trained and fused.
 *
 * @param name of the kind of block
 * @param curve how training went
 * @param seconds that training took
 * @param trained the network as trained
 * @param fused the network after fusion
 * @param fusion what fusion did
 */
public record Contestant(
        String name, Curve curve, double seconds, Measured trained, Measured fused, FusionReport fusion) {

    /**
     * @throws IllegalStateException if fusion changed an answer
     */
    public Contestant {
        long changed = trained.answers().disagreements(fused.answers());
        if (changed > 0) {
            throw new IllegalStateException("network " + name + ": fusion changed the predictions of " + changed
                    + " validation images (largest difference of a probability: "
                    + trained.answers().largestDifference(fused.answers()) + ")");
        }
    }

    /** The largest absolute difference of any class's probability between the trained and the fused network. */
    public double largestDifference() {
        return trained.answers().largestDifference(fused.answers());
    }
}
