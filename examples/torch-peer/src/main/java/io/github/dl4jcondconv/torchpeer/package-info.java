/** A process that runs networks in libtorch for the benchmarks of the command line. */
package io.github.dl4jcondconv.torchpeer;
