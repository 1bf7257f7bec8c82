package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that the tiles of one call take turns in: what one tile has left in the cache the next overwrites there, and
 * nothing is fetched or written back.
 */
final class Scratch {
    private final Map<Place, Memory> places = new HashMap<>();

    private record Place(String use, Layout layout) {}

    /** The memory for a use, the same for the same layout; of any content. */
    Memory of(String use, Layout layout) {
        return places.computeIfAbsent(new Place(use, layout), place -> Memory.allocate(layout));
    }
}
