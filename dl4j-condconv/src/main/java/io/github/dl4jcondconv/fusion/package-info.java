/**
 * Rewrites a trained ComputationGraph into a smaller one that computes the same.
 *
 * <p>The algebra ({@link io.github.dl4jcondconv.fusion.KernelBias}, {@link
 * io.github.dl4jcondconv.fusion.ChannelAffine}) knows no graph; the surgery (a draft of the network and one small rule a
 * class) knows no arithmetic; {@link io.github.dl4jcondconv.fusion.GraphFuser} knows no rule.
 */
package io.github.dl4jcondconv.fusion;
