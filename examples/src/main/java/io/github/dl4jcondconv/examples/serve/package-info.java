/** Two ways to serve a fused model: ONNX Runtime, and stock DL4J without a class of this library. */
package io.github.dl4jcondconv.examples.serve;
