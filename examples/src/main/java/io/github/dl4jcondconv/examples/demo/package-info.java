/** The main job: one small network of three kinds of convolution, trained, fused and measured. */
package io.github.dl4jcondconv.examples.demo;
