package io.github.dl4jcondconv.zoo;

/**
 * What a vertex puts out, while a network is written down.
 *
 * @param vertex the vertex's name
 * @param channels channels of an image, or values of a vector
 */
record Features(String vertex, int channels) {}
