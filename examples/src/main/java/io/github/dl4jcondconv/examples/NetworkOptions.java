package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.zoo.BlockKind;
import io.github.dl4jcondconv.zoo.Zoo;
import io.github.dl4jcondconv.zoo.ZooNetwork;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of a network of the zoo. */
final class NetworkOptions {

    @Option(
            names = "--block",
            paramLabel = "KIND",
            converter = BlockKindConverter.class,
            description = "What the network's convolutions are: plain, condconv, weightnet, acnet or sampled;"
                    + " default plain.")
    private BlockKind block;

    @Option(names = "--experts", paramLabel = "N", description = "Number of experts of CondConv; default 8.")
    private Integer experts;

    @Option(names = "--lambda", paramLabel = "N", description = "WeightNet's M/G; default 1.")
    private Integer lambda;

    @Option(names = "--width", paramLabel = "X", description = "Multiplier of the numbers of channels; default 1.")
    private Double width;

    @Option(names = "--classes", paramLabel = "N", description = "Number of classes; default: the paper's.")
    private Integer classes;

    @Option(
            names = "--input",
            paramLabel = "CxHxW",
            converter = ImageSizeConverter.class,
            description = "Size of the images, such as 3x224x224; default: the paper's.")
    private ImageSize input;

    /** The size of images, null if not given. */
    ImageSize input() {
        return input;
    }

    /**
     * Builds a network of the zoo, without weights.
     *
     * @throws IllegalArgumentException if there is none of that name and with these options
     */
    ZooNetwork network(String name) {
        ZooNetwork.Builder<?> builder = Zoo.builder(name, block == null ? BlockKind.PLAIN : block);
        if (experts != null) {
            builder.experts(experts);
        }
        if (lambda != null) {
            builder.lambda(lambda);
        }
        if (width != null) {
            builder.width(width);
        }
        if (classes != null) {
            builder.numClasses(classes);
        }
        if (input != null) {
            builder.inputShape(input.channels(), input.height(), input.width());
        }
        return builder.build();
    }

    /**
     * Refuses all options but the images' size, for a network that is already built.
     *
     * @throws IllegalArgumentException if one is given
     */
    void requireNone(String model) {
        List<String> given = Stream.of(
                        name("--block", block),
                        name("--experts", experts),
                        name("--lambda", lambda),
                        name("--width", width),
                        name("--classes", classes))
                .filter(Objects::nonNull)
                .toList();
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    model + " is a model file: " + String.join(", ", given) + " are for a network by its name");
        }
    }

    private static String name(String option, Object value) {
        return value == null ? null : option;
    }
}
