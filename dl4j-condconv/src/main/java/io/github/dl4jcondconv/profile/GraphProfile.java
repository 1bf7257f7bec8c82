package io.github.dl4jcondconv.profile;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Parameters, multiply-adds and activation shapes of a network, vertex by vertex and in total, for one example.
 *
 * <p>The counting convention. A multiply-add is one multiplication and one addition, counted once (many tools call it a
 * MAC, some count it as two FLOPs). Counted are convolutions and matrix products: a convolution costs kH kW nIn nOut for
 * each output position, padding included as if it were data; a transposed convolution the same for each input position;
 * a dense layer nIn nOut. In our own layers the routers and the generation of kernels are counted as well, and positions that a mask
 * leaves out are not; {@link Counting} chooses their share and the papers' other ways of counting. Not counted
 * are biases, BatchNormalization, activations, pooling, additions of vertices and everything else that is done once per
 * element. Parameters are those that training changes by gradient, gamma and beta included; running statistics are
 * counted apart.
 *
 * @param layers one profile for every vertex, each after those it reads
 */
public record GraphProfile(List<LayerProfile> layers) {

    public GraphProfile {
        layers = List.copyOf(layers);
    }

    /**
     * The profile of a network for inputs of the given size. Nothing is allocated for it, whether the network is
     * initialised or not.
     *
     * @param graph it is not changed
     * @param inputs one type for each input of the network, in order; none where the configuration tells them, which it
     *     does for flat images and vectors, but not for images: DL4J drops their height and width
     * @throws IllegalArgumentException if the size of an input is not known, the number of types is not that of the
     *     inputs, or a layer cannot take what it would get, naming the input or the vertex
     */
    public static GraphProfile of(ComputationGraph graph, InputType... inputs) {
        return of(graph.getConfiguration(), inputs);
    }

    /** The profile of the network that a configuration describes; see {@link #of(ComputationGraph, InputType...)}. */
    public static GraphProfile of(ComputationGraphConfiguration configuration, InputType... inputs) {
        return of(configuration, Counting.STANDARD, inputs);
    }

    /** The profile by another way of counting; see {@link #of(ComputationGraph, InputType...)}. */
    public static GraphProfile of(ComputationGraphConfiguration configuration, Counting counting, InputType... inputs) {
        List<InputType> types = inputs.length == 0 ? NetworkInputs.require(configuration) : List.of(inputs);
        return new GraphProfile(new Profiler(configuration, counting).profiles(types));
    }

    /** The profile if the sizes of the inputs are given or the configuration tells them, else empty. */
    public static Optional<GraphProfile> ifKnown(ComputationGraphConfiguration configuration, InputType... inputs) {
        return inputs.length == 0 && !isKnown(configuration)
                ? Optional.empty()
                : Optional.of(of(configuration, inputs));
    }

    /** Whether the configuration tells the sizes of its inputs. */
    public static boolean isKnown(ComputationGraphConfiguration configuration) {
        return NetworkInputs.of(configuration).isPresent();
    }

    /** Number of parameters that training changes by gradient. */
    public long parameters() {
        return layers.stream().mapToLong(LayerProfile::parameters).sum();
    }

    /** Number of running statistics. */
    public long stateParameters() {
        return layers.stream().mapToLong(LayerProfile::stateParameters).sum();
    }

    /** Multiply-adds of one example; empty if those of some layer are not known. */
    public OptionalLong multiplyAdds() {
        return layers.stream().allMatch(l -> l.multiplyAdds().isPresent())
                ? OptionalLong.of(layers.stream()
                        .mapToLong(l -> l.multiplyAdds().getAsLong())
                        .sum())
                : OptionalLong.empty();
    }

    /** Number of activation values of one example, over all vertices. */
    public long activations() {
        return layers.stream()
                .mapToLong(l -> l.output().arrayElementsPerExample())
                .sum();
    }

    /** A table with a line for each vertex and one for the total. */
    @Override
    public String toString() {
        TextTable table = new TextTable("name", "type", "output", "parameters", "state", "multiply-adds");
        for (LayerProfile l : layers) {
            table.row(
                    l.name(), l.type(), shape(l.output()), l.parameters(), l.stateParameters(), text(l.multiplyAdds()));
        }
        return table.row("total", "", "", parameters(), stateParameters(), text(multiplyAdds()))
                .toString();
    }

    private static String shape(InputType type) {
        return Arrays.toString(type.getShape());
    }

    private static Object text(OptionalLong number) {
        return number.isPresent() ? (Object) number.getAsLong() : "?";
    }
}
