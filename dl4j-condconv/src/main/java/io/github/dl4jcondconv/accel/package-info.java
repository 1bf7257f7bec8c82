/**
 * DL4J's own layers on oneDNN. {@link io.github.dl4jcondconv.accel.CpuAcceleration} replaces the objects that compute
 * the layers of a network by subclasses of theirs; everything else about the network stays DL4J's.
 */
package io.github.dl4jcondconv.accel;
