package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Work as it is done where oneDNN's jar is missing. */
record WithoutOneDnn(Contender contender) implements Contender {
    @Override
    public List<INDArray> outcome() {
        return without(contender::outcome);
    }

    @Override
    public void run() {
        without(() -> {
            contender.run();
            return null;
        });
    }

    @Override
    public void close() {
        contender.close();
    }

    private static <T> T without(Supplier<T> work) {
        String before = System.setProperty(OneDnn.DNNL, "false");
        try {
            return work.get();
        } finally {
            if (before == null) {
                System.clearProperty(OneDnn.DNNL);
            } else {
                System.setProperty(OneDnn.DNNL, before);
            }
        }
    }
}
