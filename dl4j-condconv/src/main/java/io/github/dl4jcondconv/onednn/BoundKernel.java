package io.github.dl4jcondconv.onednn;

import java.lang.ref.Reference;
import java.util.Map;

/** A kernel and the arguments that it runs on, for one thread at a time. */
final class BoundKernel {
    private final Kernel kernel;
    private final Map<Argument, Memory> arguments;
    private final Call call;

    /** @param call points to the arguments, which must not be attached to workspaces */
    BoundKernel(Kernel kernel, Map<Argument, Memory> arguments, Call call) {
        this.kernel = kernel;
        this.arguments = arguments;
        this.call = call;
    }

    void run() {
        kernel.run(call);
        Reference.reachabilityFence(arguments);
        Reference.reachabilityFence(this);
    }
}
