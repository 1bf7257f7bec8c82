package io.github.dl4jcondconv.fusion;

/**
 * How far one output of the fused network is from that of the given one.
 *
 * @param output the output's name
 * @param absolute the largest absolute difference; NaN if either network answers NaN
 * @param relative the same divided by the largest absolute value of the given network's output; 0 where both are zero
 */
public record OutputDifference(String output, double absolute, double relative) {}
