package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.accel.CpuAcceleration;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Who is here to compete, all with the same number of threads. */
final class Rivals implements AutoCloseable {
    private static final String TORCH_PEER = "condconv.torch-peer";

    private final int threads;
    private final Optional<TorchProcess> torch;

    Rivals() {
        // NativeOpsHolder cannot be used before Nd4j has found its backend
        Nd4j.getBackend();
        threads = NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
        String module = System.getProperty(TORCH_PEER, "");
        torch = module.isEmpty() ? Optional.empty() : Optional.of(new TorchProcess(Path.of(module), threads));
    }

    int threads() {
        return threads;
    }

    /** libtorch, where the build had the profile peers. */
    Optional<TorchProcess> torch() {
        return torch;
    }

    /** A network that only predicts, as fast as this library makes it. */
    ComputationGraph deployed(ComputationGraph net) {
        CpuAcceleration.accelerateForInference(net);
        return net;
    }

    /** A network of stock layers as fast as this library makes it. */
    ComputationGraph accelerated(ComputationGraph net) {
        CpuAcceleration.accelerate(net);
        return net;
    }

    @Override
    public void close() {
        torch.ifPresent(TorchProcess::close);
    }
}
