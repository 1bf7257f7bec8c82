/** Real images and golden vectors for the tests, the examples and the benchmarks. */
package io.github.dl4jcondconv.testdata;
