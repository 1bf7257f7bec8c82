package io.github.dl4jcondconv.train;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * Shows training as a progress bar: epoch, iterations, score and images a second.
 *
 * <p>The bar goes to the standard error stream, four times a second to a terminal and every ten seconds to a file.
 * Close the listener when training ends, also when it fails, to leave the bar's last state on its own line.
 */
public final class ProgressBarListener extends BaseTrainingListener implements AutoCloseable {

    private static final int TERMINAL_MILLIS = 250;
    private static final int LOG_MILLIS = 10_000;

    private final int epochs;
    private final ProgressBar bar;
    private final long start = System.nanoTime();
    private int epoch;
    private long images;

    /**
     * @param task what is being trained, shown before the bar
     * @param epochs passes over the data that will be made
     * @param batches iterations in one pass
     */
    public ProgressBarListener(String task, int epochs, int batches) {
        this(new ProgressBarBuilder(), task, epochs, batches);
    }

    ProgressBarListener(ProgressBarBuilder builder, String task, int epochs, int batches) {
        this.epochs = epochs;
        this.bar = builder.setTaskName(task)
                .setInitialMax((long) epochs * batches)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(System.console() == null ? LOG_MILLIS : TERMINAL_MILLIS)
                .build();
    }

    @Override
    public void onEpochStart(Model model) {
        epoch++;
    }

    @Override
    public void iterationDone(Model model, int iteration, int modelEpoch) {
        images += model.batchSize();
        double seconds = (System.nanoTime() - start) / 1e9;
        bar.setExtraMessage(String.format(
                Locale.ROOT, "epoch %d/%d score %.3f %.0f img/s", epoch, epochs, model.score(), images / seconds));
        bar.step();
    }

    @Override
    public void close() {
        bar.close();
    }
}
