package io.github.dl4jcondconv.torchpeer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of a program.
 *
 * @param result the name of the tensor that it makes
 * @param operation what makes it
 * @param arguments names of tensors
 * @param options such as stride
 */
record Call(String result, Operation operation, List<String> arguments, Map<String, String> options) {

    static Call parse(List<String> words) {
        List<String> arguments = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        for (String word : words.subList(2, words.size())) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                arguments.add(word);
            } else {
                options.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return new Call(words.get(0), Operation.of(words.get(1)), arguments, options);
    }

    /** Numbers such as {@code 1,1}. */
    long[] numbers(String option) {
        String text = options.get(option);
        if (text == null) {
            throw new IllegalArgumentException(operation + " needs " + option);
        }
        return Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
    }

    double number(String option) {
        return Double.parseDouble(options.get(option));
    }
}
