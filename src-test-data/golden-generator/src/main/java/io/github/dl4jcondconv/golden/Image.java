package io.github.dl4jcondconv.golden;

/** The shape of a layer's input. */
record Image(long batch, long channels, long height, long width) {}
