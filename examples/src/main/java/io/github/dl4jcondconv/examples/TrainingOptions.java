package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.examples.demo.DemoData;
import io.github.dl4jcondconv.examples.demo.Training;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that train the demo's networks have in common. */
final class TrainingOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${sys:condconv.images:-src-test-data/images}",
            description = "Images, as train/<class>/* and val/<class>/*.")
    private Path data;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Same seed, same figures.")
    private long seed;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "10", description = "Passes over the training images.")
    private int epochs;

    @Mixin
    private AccelerationOption acceleration;

    /** Fails if a number of epochs cannot be trained. */
    void validate() {
        if (epochs < 1) {
            throw new IllegalArgumentException("--epochs must be at least 1, not " + epochs);
        }
    }

    Training training() {
        return new Training(DemoData.of(data), epochs, seed, acceleration.isOn());
    }
}
