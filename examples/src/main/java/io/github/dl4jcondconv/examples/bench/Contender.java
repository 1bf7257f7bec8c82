package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One way to do a piece of work that several can do. */
interface Contender extends AutoCloseable {

    /**
     * What the work gives, in the same order for all contenders, or nothing from one that does other work to be measured
     * against. Asked once, before any timing.
     */
    List<INDArray> outcome();

    /** Does the work once. */
    void run();

    /** Does the work once and returns how many milliseconds it took. */
    default double time() {
        long start = System.nanoTime();
        run();
        return (System.nanoTime() - start) / 1e6;
    }

    @Override
    default void close() {}
}
