package io.github.dl4jcondconv.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * The kernels of some neighbouring examples for some neighbouring output channels.
 *
 * @param example the first
 * @param output the first
 */
record Tile(int example, int examples, int output, int outputs) {

    /**
     * Cuts all kernels into tiles, those of the same examples one after another.
     *
     * @param examples of a tile, at most
     * @param outputs of a tile, at most
     */
    static List<Tile> cut(int allExamples, int examples, int allOutputs, int outputs) {
        List<Tile> tiles = new ArrayList<>();
        for (int n = 0; n < allExamples; n += examples) {
            for (int o = 0; o < allOutputs; o += outputs) {
                tiles.add(new Tile(n, Math.min(examples, allExamples - n), o, Math.min(outputs, allOutputs - o)));
            }
        }
        return tiles;
    }
}
