package io.github.dl4jcondconv.engine;

/** What a parameter is for, and therefore which updater, regularisation and constraints may touch it. */
public enum ParamKind {
    /** Kernels and matrices: weight updater, L1/L2/weight decay, weight constraints. */
    WEIGHT,
    /** Offsets: bias updater, bias regularisation, bias constraints. */
    BIAS,
    /** BatchNorm's gamma and beta: trained, but neither regularised nor constrained, as in DL4J's BatchNormalization. */
    SCALE,
    /** Running statistics: saved and averaged like any parameter, moved by the layer itself, never by an updater. */
    STATE
}
