/** What training on image folders needs around DL4J: folders, decoding, augmentation, batches and progress. */
package io.github.dl4jcondconv.train;
