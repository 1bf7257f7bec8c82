package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Recording;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer's output in a network that only predicts, in passes that keep it to themselves: the same array in each of them as
 * long as its shape stays. So all that a layer does is the same kernels on the same memory, which are recorded.
 */
final class OwnOutput {
    private final SharedMemory memory;
    private final List<OwnOutput> sources;
    private final boolean readByKernels;

    private INDArray array;
    private Object place;

    /** What the last output was made from. */
    private INDArray[] inputs = {};

    /** How, once it has been made from the same arrays a second time; or null. */
    private Recording recording;

    /**
     * @param memory that nothing else uses until the last reader has read the output
     * @param sources the outputs, in order, that this one is made from; null in place of others
     * @param readByKernels whether all that reads it does so by kernels, or after {@link Recording#catchUp}
     */
    OwnOutput(SharedMemory memory, List<OwnOutput> sources, boolean readByKernels) {
        this.memory = memory;
        this.sources = sources;
        this.readByKernels = readByKernels;
    }

    /** An array for the output. */
    INDArray array(long... shape) {
        if (array == null || place != memory.identity() || !Arrays.equals(array.shape(), shape)) {
            array = memory.array(shape);
            place = memory.identity();
            recording = null;
            inputs = new INDArray[0];
        }
        return array;
    }

    /**
     * The output.
     *
     * @param form its shape
     * @param work computes it, by kernels alone
     * @param from arrays from the sources
     */
    INDArray compute(Supplier<long[]> form, Consumer<INDArray> work, INDArray... from) {
        if (isRecorded(from)) {
            recording.repeatLater();
            if (!readByKernels) {
                Recording.catchUp();
            }
            return array;
        }
        Recording.catchUp();
        boolean again = isLast(from);
        INDArray output = array(form.get());
        if (again) {
            recording = Recording.of(() -> work.accept(output));
        } else {
            work.accept(output);
            inputs = areOwn(from) ? from : new INDArray[0];
        }
        return output;
    }

    /** Whether the output of these arrays only takes what was recorded. */
    boolean isRecorded(INDArray... from) {
        return recording != null && isLast(from) && recording.isForThisThread();
    }

    private boolean isLast(INDArray[] from) {
        boolean same = place == memory.identity() && inputs.length == from.length;
        for (int i = 0; same && i < from.length; i++) {
            same = inputs[i] == from[i];
        }
        return same;
    }

    /** Whether they stay where they are and what they are. */
    private boolean areOwn(INDArray[] from) {
        return IntStream.range(0, from.length).allMatch(i -> sources.get(i) != null && sources.get(i).array == from[i]);
    }
}
