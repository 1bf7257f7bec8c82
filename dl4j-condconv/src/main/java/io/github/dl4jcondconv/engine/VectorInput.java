package io.github.dl4jcondconv.engine;

/**
 * A further input of a layer that is one vector for each example, such as routing weights.
 *
 * @param name what messages call it
 * @param size length of the vector
 */
public record VectorInput(String name, long size) {}
