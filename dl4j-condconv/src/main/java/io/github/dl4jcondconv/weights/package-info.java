/**
 * Reads weights that other frameworks trained.
 *
 * <p>{@link io.github.dl4jcondconv.weights.SafetensorsFile} knows the file format, {@link
 * io.github.dl4jcondconv.weights.StateDict} where a layer's parameters are in such a file, and {@link
 * io.github.dl4jcondconv.weights.WeightImporter} brings the two together.
 */
package io.github.dl4jcondconv.weights;
