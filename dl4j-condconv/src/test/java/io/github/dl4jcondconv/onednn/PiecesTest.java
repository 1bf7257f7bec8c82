package io.github.dl4jcondconv.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class PiecesTest {
    private final INDArray source = Nd4j.createFromArray(1f, 2f, 3f, 4f);
    private final INDArray target = Nd4j.zeros(DataType.FLOAT, 5);

    @Test
    void piecesGoToTheirPlacesAndNothingElseChanges() {
        pieces().copy(Memory.of(source), Memory.of(target));
        assertThat(target.toFloatVector()).containsExactly(3, 4, 0, 1, 0);
    }

    @Test
    void aRecordingCopiesWhatIsThereLater() {
        Recording recording = Recording.of(() -> pieces().copy(Memory.of(source), Memory.of(target)));
        source.muli(10);
        recording.repeatLater();
        Recording.catchUp();
        assertThat(target.toFloatVector()).containsExactly(30, 40, 0, 10, 0);
    }

    @Test
    void whatIsPutOffRunsBeforeTheThreadsNextKernel() {
        Recording recording = Recording.of(() -> pieces().copy(Memory.of(source), Memory.of(target)));
        target.assign(-1);
        recording.repeatLater();
        Layout layout = Layout.dense(5);
        Memory rectified = Memory.of(Nd4j.zeros(DataType.FLOAT, 5));
        new Eltwise(Eltwise.Function.RELU, layout)
                .forward()
                .run(Map.of(Argument.SRC, Memory.of(target), Argument.DST, rectified));
        assertThat(rectified.array().toFloatVector()).containsExactly(3, 4, 0, 1, 0);
    }

    @ParameterizedTest
    @CsvSource({"3, 0, 2", "-1, 0, 1", "0, 4, 2", "0, -1, 1"})
    void piecesBeyondAnArrayAreRefused(long from, long to, long length) {
        Pieces pieces = new Pieces();
        pieces.add(from, to, length);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pieces.copy(Memory.of(source), Memory.of(target)))
                .withMessageContaining("are not all in");
    }

    private static Pieces pieces() {
        Pieces pieces = new Pieces();
        pieces.add(2, 0, 1);
        pieces.add(3, 1, 1);
        pieces.add(0, 3, 1);
        return pieces;
    }
}
