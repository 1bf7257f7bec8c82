package io.github.dl4jcondconv.fusion;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The outputs of a fused network beside those of the network it was made from, on one batch.
 *
 * @param outputs one difference for every output of the network, in its order
 */
public record Verification(List<OutputDifference> outputs) {

    public Verification {
        outputs = List.copyOf(outputs);
    }

    static Verification of(ComputationGraph given, ComputationGraph fused, INDArray... batch) {
        INDArray[] expected = given.output(false, copies(batch));
        INDArray[] actual = fused.output(false, copies(batch));
        List<OutputDifference> differences = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            String name = given.getConfiguration().getNetworkOutputs().get(i);
            differences.add(difference(name, expected[i].castTo(DataType.DOUBLE), actual[i].castTo(DataType.DOUBLE)));
        }
        return new Verification(differences);
    }

    /** The largest absolute difference over all outputs. */
    public double maxAbsolute() {
        return outputs.stream().mapToDouble(OutputDifference::absolute).reduce(0, Math::max);
    }

    /** The largest relative difference over all outputs. */
    public double maxRelative() {
        return outputs.stream().mapToDouble(OutputDifference::relative).reduce(0, Math::max);
    }

    @Override
    public String toString() {
        return outputs.stream()
                .map(d -> "%s: largest difference %.3g (%.3g of the largest output)"
                        .formatted(d.output(), d.absolute(), d.relative()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static OutputDifference difference(String name, INDArray expected, INDArray actual) {
        double[] e = ChannelAffine.toDoubles(expected);
        double[] a = ChannelAffine.toDoubles(actual);
        double absolute = 0;
        double largest = 0;
        for (int i = 0; i < e.length; i++) {
            absolute = Math.max(absolute, Math.abs(e[i] - a[i]));
            largest = Math.max(largest, Math.abs(e[i]));
        }
        return new OutputDifference(name, absolute, absolute == 0 ? 0 : absolute / largest);
    }

    /** DL4J may write into its inputs: an ActivationLayer at the entrance does, without workspaces. */
    private static INDArray[] copies(INDArray... batch) {
        INDArray[] copies = new INDArray[batch.length];
        for (int i = 0; i < batch.length; i++) {
            copies[i] = batch[i].dup();
        }
        return copies;
    }
}
