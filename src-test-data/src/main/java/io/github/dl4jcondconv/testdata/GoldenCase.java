package io.github.dl4jcondconv.testdata;

import java.util.Map;
import java.util.stream.Stream;

/**
 * What another engine computed for one layer in one configuration.
 *
 * @param name the name of the case
 * @param metadata the configuration of the layer, in the words of DL4J's builders
 * @param tensors the given tensors ({@code input}, {@code upstream}, parameters, state) and the computed ones
 *     ({@code output}, {@code grad.<name>}, {@code after.<name>})
 */
public record GoldenCase(String name, Map<String, String> metadata, Map<String, Tensor> tensors) {
    /**
     * Returns one tensor.
     *
     * @param tensor its name
     * @return the tensor
     * @throws IllegalArgumentException if the case has none of that name
     */
    public Tensor tensor(String tensor) {
        return value(tensors, tensor);
    }

    /**
     * Returns one entry of the configuration.
     *
     * @param key its key, such as {@code activation}
     * @return its text
     * @throws IllegalArgumentException if the configuration has no such entry
     */
    public String setting(String key) {
        return value(metadata, key);
    }

    /**
     * Returns one entry of the configuration that consists of whole numbers.
     *
     * @param key its key, such as {@code stride}
     * @return its numbers; of a pair, the one for the height first
     * @throws IllegalArgumentException if the configuration has no such entry, or if it is something else
     */
    public int[] integers(String key) {
        return Stream.of(setting(key).split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private <T> T value(Map<String, T> values, String key) {
        if (!values.containsKey(key)) {
            throw new IllegalArgumentException(
                    "golden case %s has no '%s', it has %s".formatted(name, key, values.keySet()));
        }
        return values.get(key);
    }

    @Override
    public String toString() {
        return name;
    }
}
