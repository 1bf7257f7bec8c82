package io.github.dl4jcondconv.fusion;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A sliding window along one axis of an image.
 *
 * @param size number of taps
 * @param stride distance of neighbouring windows
 * @param dilation distance of neighbouring taps
 * @param padding zeros before and after the image; ignored in Same mode
 * @param same whether DL4J's Same mode chooses the padding
 */
record Window(int size, int stride, int dilation, int padding, boolean same) {

    /** One tap at every position. */
    static final Window POINT = new Window(1, 1, 1, 0, false);

    /**
     * The window that holds all the others at its centre, at every position and for every size of the image; empty if
     * there is none.
     */
    static Optional<Window> covering(List<Window> windows) {
        Window widest =
                windows.stream().max(Comparator.comparingInt(Window::extent)).orElseThrow();
        return windows.stream().allMatch(widest::covers) ? Optional.of(widest.explicitIfPossible()) : Optional.empty();
    }

    /** The same window, where Same mode means a fixed padding, as a window with that padding. */
    Window explicitIfPossible() {
        return same && stride == 1 && extent() % 2 == 1
                ? new Window(size, stride, dilation, (extent() - 1) / 2, false)
                : this;
    }

    /** The same window in Same mode; empty if it lies elsewhere. */
    Optional<Window> inSameMode() {
        return same || stride == 1 && 2 * padding == extent() - 1
                ? Optional.of(new Window(size, stride, dilation, 0, true))
                : Optional.empty();
    }

    boolean isPoint() {
        return size == 1 && stride == 1 && seesNoPadding();
    }

    boolean seesNoPadding() {
        return same ? size == 1 : padding == 0;
    }

    private int extent() {
        return (size - 1) * dilation + 1;
    }

    private boolean covers(Window other) {
        return stride == other.stride
                && (other.size == 1 || dilation == other.dilation)
                && (extent() - other.extent()) % (2 * dilation) == 0
                && explicitIfPossible().isCentredOn(other.explicitIfPossible());
    }

    private boolean isCentredOn(Window other) {
        if (same != other.same) {
            return false;
        }
        if (!same) {
            return extent() - 2 * padding == other.extent() - 2 * other.padding;
        }
        // DL4J rounds the padding before the image towards zero and never lets it be negative: windows that are
        // narrower
        // than the stride start at the image's edge, wider ones are centred on their share of it
        return extent() == other.extent() || other.extent() >= stride;
    }
}
