package io.github.dl4jcondconv.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lets picocli read an {@link ImageSize}. */
final class ImageSizeConverter implements ITypeConverter<ImageSize> {

    @Override
    public ImageSize convert(String text) {
        try {
            return ImageSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
