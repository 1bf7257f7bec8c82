/**
 * The networks of the papers, as DL4J zoo models.
 *
 * <p>Four ideas carry them. {@code Blueprint} holds the words in which a network is written
 * down. {@code Kernels} is how a convolution comes by its kernels, and what a network swaps to
 * be plain, CondConv, WeightNet or ACNet. {@link io.github.dl4jcondconv.zoo.ZooNetwork} is what all networks share, and
 * {@link io.github.dl4jcondconv.zoo.Zoo} finds them by name.
 */
package io.github.dl4jcondconv.zoo;
