/** Rewrites networks of stock convolutions into networks of this library's blocks. */
package io.github.dl4jcondconv.convert;
