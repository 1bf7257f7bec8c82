package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A baseline: different work of the same kind, whose outcome is nobody else's. */
record OtherWork(Runnable work) implements Contender {

    @Override
    public List<INDArray> outcome() {
        return List.of();
    }

    @Override
    public void run() {
        work.run();
    }
}
