package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.zoo.BlockKind;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lets picocli read a {@link BlockKind}, spelled as it prints. */
final class BlockKindConverter implements ITypeConverter<BlockKind> {

    @Override
    public BlockKind convert(String text) {
        return Arrays.stream(BlockKind.values())
                .filter(kind -> kind.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "'" + text + "' is none of " + Arrays.toString(BlockKind.values())));
    }
}
