/** The main job's report, one self-contained HTML file. */
package io.github.dl4jcondconv.examples.report;
