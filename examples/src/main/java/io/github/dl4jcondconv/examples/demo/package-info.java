/** The main job: one small network of six kinds of block, trained, fused and measured. */
package io.github.dl4jcondconv.examples.demo;
