/** CPU fast paths of single layers. None is needed for correctness: each equals a definition that runs everywhere. */
package io.github.dl4jcondconv.kernels;
