/**
 * The oneDNN library on ND4J's arrays: layouts, compiled kernels and what they may be called with. Nothing here is
 * needed for correctness; {@link io.github.dl4jcondconv.onednn.OneDnn#isAvailable()} says whether it can be used.
 *
 * <p>An operation such as {@link io.github.dl4jcondconv.onednn.Convolution} compiles into a
 * {@link io.github.dl4jcondconv.onednn.Kernel}, once for equal operations. A kernel states the
 * {@link io.github.dl4jcondconv.onednn.Layout} of each of its arguments and runs on
 * {@link io.github.dl4jcondconv.onednn.Memory}: arrays seen in those layouts.
 */
package io.github.dl4jcondconv.onednn;
