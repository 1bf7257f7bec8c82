/** What routers and masks learned, as tables and pictures. */
package io.github.dl4jcondconv.analysis;
