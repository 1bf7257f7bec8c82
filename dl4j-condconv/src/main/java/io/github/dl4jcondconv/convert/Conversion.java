package io.github.dl4jcondconv.convert;

/**
 * A converted network.
 *
 * @param network what the given one became: a ComputationGraph, initialised, or a ComputationGraphConfiguration
 * @param report what was replaced, and what was not and why
 * @param <T> the kind of network
 */
public record Conversion<T>(T network, ConversionReport report) {}
