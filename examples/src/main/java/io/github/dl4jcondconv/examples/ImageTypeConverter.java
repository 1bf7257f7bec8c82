package io.github.dl4jcondconv.examples;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.inputs.InputType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option such as 28,28,1: height, width and channels of a network's images. */
final class ImageTypeConverter implements ITypeConverter<InputType> {

    private static final Pattern SIZES = Pattern.compile("([1-9]\\d{0,8}),([1-9]\\d{0,8}),([1-9]\\d{0,8})");

    @Override
    public InputType convert(String value) {
        Matcher matcher = SIZES.matcher(value);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + value + "' is not HEIGHT,WIDTH,CHANNELS, such as 28,28,1");
        }
        return InputType.convolutional(
                Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }
}
