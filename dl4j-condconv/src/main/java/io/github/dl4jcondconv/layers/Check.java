package io.github.dl4jcondconv.layers;

/** {@code SameDiffBlock.require} of the layer in whose name a part of it checks something. */
@FunctionalInterface
interface Check {
    void require(boolean holds, String option, Object value, Object allowed);
}
