package io.github.dl4jcondconv.testing;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FormTest {
    private final INDArray values = Nd4j.rand(DataType.FLOAT, 2, 3, 4, 5);

    @ParameterizedTest
    @EnumSource
    void theNumbersStayTheSame(Form form) {
        assertThat(form.of(values)).isEqualTo(values);
    }

    @Test
    void everyFormHasStridesOfItsOwn() {
        assertThat(Arrays.stream(Form.values()).map(form -> form.of(values).stride()))
                .doesNotHaveDuplicates();
    }
}
