/** Times this library against stock DL4J, PyTorch and ONNX Runtime. */
package io.github.dl4jcondconv.examples.bench;
