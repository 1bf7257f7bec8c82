/** The command line: one small class for each command. */
package io.github.dl4jcondconv.examples;
