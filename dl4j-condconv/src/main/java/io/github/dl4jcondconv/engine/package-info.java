/** The one package that knows the internals of SameDiff and of DL4J's layers. */
package io.github.dl4jcondconv.engine;
