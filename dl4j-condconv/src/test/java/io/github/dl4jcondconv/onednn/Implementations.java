package io.github.dl4jcondconv.onednn;

import java.util.Set;
import java.util.TreeSet;

/** What oneDNN calls the machine code of kernels. */
public final class Implementations {
    private Implementations() {}

    /** Of all kernels that an action uses; they are compiled anew for it. */
    public static Set<String> usedBy(Runnable action) {
        synchronized (Kernels.CACHE) {
            Kernels.CACHE.clear();
        }
        action.run();
        Set<String> names = new TreeSet<>();
        synchronized (Kernels.CACHE) {
            Kernels.CACHE.values().forEach(kernel -> names.add(kernel.implementation()));
        }
        return names;
    }
}
