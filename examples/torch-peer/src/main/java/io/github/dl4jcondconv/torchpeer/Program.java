package io.github.dl4jcondconv.torchpeer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Tensors, operations on them in order, and what a run does. */
final class Program implements AutoCloseable {
    private final Map<String, Tensor> given = new HashMap<>();
    private final List<Tensor> differentiated = new ArrayList<>();
    private final TensorVector parameters = new TensorVector();
    private final List<Call> calls = new ArrayList<>();
    private Map<String, Tensor> computed = new HashMap<>();
    private PointerScope scope = new PointerScope();
    private boolean training;
    private Runnable pass = () -> {
        throw new IllegalStateException("nothing to run: no predict, gradient or fit before");
    };

    Program() {
        scope.close();
    }

    void tensor(String name, TensorKind kind, Tensor values) {
        Tensor tensor = kind == TensorKind.CONSTANT ? values : values.requires_grad_();
        given.put(name, tensor);
        if (kind != TensorKind.CONSTANT) {
            differentiated.add(tensor);
        }
        if (kind == TensorKind.PARAMETER) {
            parameters.push_back(tensor);
        }
    }

    void operation(Call call) {
        calls.add(call);
    }

    void predict(String result) {
        training = false;
        // PyTorch convolves single images by matrix products, between which OpenBLAS's threads keep those of OpenMP
        // busy
        openblas_nolapack.blas_set_num_threads(1);
        pass = () -> {
            try (AutoGradMode ignored = new AutoGradMode(false)) {
                execute();
                value(result);
            }
        };
    }

    void gradient(String result, String upstream) {
        training = true;
        openblas_nolapack.blas_set_num_threads(torch.get_num_threads());
        pass = () -> {
            forgetGradients();
            execute();
            value(result).mul(value(upstream)).sum().backward();
        };
    }

    /** Stochastic gradient descent with Nesterov's momentum, as DL4J has it. */
    void fit(String loss, double learningRate, double momentum) {
        training = true;
        openblas_nolapack.blas_set_num_threads(torch.get_num_threads());
        SGDOptions options = new SGDOptions(learningRate);
        options.momentum().put(momentum);
        options.nesterov().put(true);
        SGD optimizer = new SGD(parameters, options);
        pass = () -> {
            optimizer.zero_grad();
            execute();
            value(loss).backward();
            optimizer.step();
        };
    }

    /** Runs once; returns milliseconds. What is computed can be read until the next run. */
    double run() {
        forget();
        scope = new PointerScope();
        long start = System.nanoTime();
        pass.run();
        double milliseconds = (System.nanoTime() - start) / 1e6;
        computed.values().forEach(Tensor::retainReference);
        scope.close();
        return milliseconds;
    }

    private void execute() {
        for (Call call : calls) {
            Tensor[] arguments = call.arguments().stream().map(this::value).toArray(Tensor[]::new);
            computed.put(call.result(), call.operation().apply(call, training, arguments));
        }
    }

    Tensor value(String name) {
        Tensor found = given.containsKey(name) ? given.get(name) : computed.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return found;
    }

    private void forgetGradients() {
        differentiated.forEach(tensor -> tensor.mutable_grad().reset());
    }

    private void forget() {
        computed.values().forEach(Tensor::releaseReference);
        computed = new HashMap<>();
    }

    @Override
    public void close() {
        forget();
        given.values().forEach(Tensor::close);
        parameters.close();
    }
}
