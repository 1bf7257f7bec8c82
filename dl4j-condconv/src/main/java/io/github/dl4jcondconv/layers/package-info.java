/** The layers that users add to their networks: one concept a file, each with its builder. */
package io.github.dl4jcondconv.layers;
