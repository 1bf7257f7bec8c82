package io.github.dl4jcondconv.testdata;

/**
 * Numbers with a shape.
 *
 * @param shape the extent of each axis
 * @param values the numbers, the last axis running fastest ("c" order)
 */
public record Tensor(long[] shape, double[] values) {}
