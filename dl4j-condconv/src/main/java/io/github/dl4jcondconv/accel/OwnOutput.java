package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Recording;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer's output in a network that only predicts, in passes that keep it to themselves: the same array in each of them as
 * long as its shape stays. So all that a layer does is the same kernels on the same memory, which are recorded.
 */
final class OwnOutput {
    private final SharedMemory memory;
    private final List<OwnOutput> sources;
    private final boolean readByKernels;

    private RecordedPass pass;
    private INDArray array;
    private Object place;

    /** What the last output was made from. */
    private INDArray[] inputs = {};

    /** How, once it has been made from the same arrays a second time; or null. */
    private Recording recording;

    /** Whether it has not been made: who reads it does that together with what follows. */
    private boolean promised;

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

    /** Tells it what it is a part of. */
    void join(RecordedPass pass) {
        this.pass = pass;
    }

    /** The output, if this pass is repeated as a whole; otherwise null. */
    INDArray ofWholePass(LayerWorkspaceMgr workspaces) {
        return pass != null && pass.includes(this, workspaces) ? array : null;
    }

    /** What it takes to make it again; nothing if it is only promised. */
    Stream<Recording> recording() {
        return Stream.ofNullable(recording);
    }

    /** An array for the output. */
    INDArray array(long... shape) {
        if (array == null || place != memory.identity() || !Arrays.equals(array.shape(), shape)) {
            array = memory.array(shape);
            place = memory.identity();
            recording = null;
            promised = false;
            inputs = new INDArray[0];
        }
        return array;
    }

    /**
     * An array for the output, which whoever reads it computes together with what follows.
     *
     * @param form its shape
     * @param from arrays from the sources
     */
    INDArray promise(Supplier<long[]> form, INDArray... from) {
        if (promised && isLast(from)) {
            return again();
        }
        changed();
        array(form.get());
        recording = null;
        promised = true;
        inputs = areOwn(from) ? from : new INDArray[0];
        return array;
    }

    private void changed() {
        if (pass != null) {
            pass.forget();
        }
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
            return again();
        }
        changed();
        Recording.catchUp();
        boolean again = !promised && isLast(from);
        INDArray output = array(form.get());
        promised = false;
        if (again) {
            recording = Recording.of(() -> work.accept(output));
        } else {
            work.accept(output);
            inputs = areOwn(from) ? from : new INDArray[0];
        }
        return output;
    }

    /** Whether it was last made, or promised, from these arrays. */
    boolean isLast(INDArray... from) {
        boolean same = place == memory.identity() && inputs.length == from.length;
        for (int i = 0; same && i < from.length; i++) {
            same = inputs[i] == from[i];
        }
        return same;
    }

    /** Whether the output of an array may be that of an earlier pass again. */
    boolean isMadeAgain(INDArray from) {
        return pass != null && pass.isWhole() || isLast(from);
    }

    /** Whether the output of these arrays only takes what was recorded. */
    boolean isRecorded(INDArray... from) {
        return recording != null && isLast(from) && recording.isForThisThread();
    }

    /** Whether all that there is to do is {@link #again}, if it {@link #isLast}. */
    boolean isReady() {
        return promised || recording != null && recording.isForThisThread();
    }

    /** The same output again, of what its sources hold then. */
    INDArray again() {
        if (pass != null) {
            pass.countRepeated();
        }
        if (!promised) {
            recording.repeatLater();
            if (!readByKernels) {
                Recording.catchUp();
            }
        }
        return array;
    }

    /** Whether they stay where they are and what they are. */
    private boolean areOwn(INDArray[] from) {
        return IntStream.range(0, from.length).allMatch(i -> sources.get(i) != null && sources.get(i).array == from[i]);
    }
}
