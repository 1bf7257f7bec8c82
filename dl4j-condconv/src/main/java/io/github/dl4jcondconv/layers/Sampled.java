package io.github.dl4jcondconv.layers;

/** A layer that chooses positions. */
interface Sampled {
    Sampling getSampling();

    void setSampling(Sampling sampling);
}
