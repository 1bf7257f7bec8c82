package io.github.dl4jcondconv.train;

/**
 * One image as plain numbers.
 *
 * @param values channels x height x width values, 0 (black) to 255, ordered [channel, row, column]
 */
public record Pixels(float[] values, int channels, int height, int width) {

    /** Mirrors left and right, in place. */
    public void flipHorizontally() {
        for (int row = 0; row < values.length; row += width) {
            for (int left = row, right = row + width - 1; left < right; left++, right--) {
                float swapped = values[left];
                values[left] = values[right];
                values[right] = swapped;
            }
        }
    }

    /** Moves the content, in place; what comes in is 0, what leaves is lost. */
    public void shift(int down, int right) {
        float[] moved = new float[values.length];
        int columns = width - Math.abs(right);
        for (int row = Math.max(0, down); columns > 0 && row < Math.min(height, height + down); row++) {
            for (int channel = 0; channel < channels; channel++) {
                int from = (channel * height + row - down) * width + Math.max(0, -right);
                int to = (channel * height + row) * width + Math.max(0, right);
                System.arraycopy(values, from, moved, to, columns);
            }
        }
        System.arraycopy(moved, 0, values, 0, moved.length);
    }

    Pixels copy() {
        return new Pixels(values.clone(), channels, height, width);
    }
}
