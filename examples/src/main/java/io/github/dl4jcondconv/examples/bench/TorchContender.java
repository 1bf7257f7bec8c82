package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The work in libtorch, timed there. */
record TorchContender(TorchProcess torch, Supplier<List<INDArray>> compared) implements Contender {
    private static final String LABELS = "labels";
    private static final String UPSTREAM = "upstream";

    /** Training steps as {@link Fitting} makes them. */
    static Contender fitting(TorchProcess torch, ComputationGraph net, INDArray images, INDArray labels) {
        String output = TorchNetwork.translate(torch, net, images, "constant");
        torch.tensor(LABELS, "constant", labels);
        torch.ask("op loss cross-entropy %s %s".formatted(TorchNetwork.logits(output), LABELS));
        torch.ask("fit loss %s %s".formatted(Networks.learningRate(net), Networks.MOMENTUM));
        return new TorchContender(
                torch,
                () -> List.of(Nd4j.concat(
                        0,
                        Stream.generate(() -> ran(torch, "loss"))
                                .limit(Fitting.COMPARED_STEPS)
                                .toArray(INDArray[]::new))));
    }

    /** Answers as {@link Prediction} gives them. */
    static Contender prediction(TorchProcess torch, ComputationGraph net, INDArray images) {
        String output = TorchNetwork.translate(torch, net, images, "constant");
        torch.ask("predict " + output);
        return new TorchContender(torch, () -> List.of(ran(torch, output)));
    }

    /** Gradients of the input and of all parameters, as {@link Gradients} asks for. */
    static Contender gradients(
            TorchProcess torch, ComputationGraph net, INDArray images, INDArray upstream, String weights) {
        String output = TorchNetwork.translate(torch, net, images, "variable");
        torch.tensor(UPSTREAM, "constant", upstream);
        torch.ask("gradient %s %s".formatted(output, UPSTREAM));
        return new TorchContender(
                torch,
                () -> List.of(
                        ran(torch, output),
                        torch.fetchGradient(TorchNetwork.input(net)),
                        torch.fetchGradient(TorchNetwork.parameter(output, weights))));
    }

    private static INDArray ran(TorchProcess torch, String wanted) {
        torch.ask("run");
        return torch.fetch(wanted);
    }

    @Override
    public List<INDArray> outcome() {
        return compared.get();
    }

    @Override
    public void run() {
        time();
    }

    @Override
    public double time() {
        return Double.parseDouble(torch.ask("run"));
    }
}
