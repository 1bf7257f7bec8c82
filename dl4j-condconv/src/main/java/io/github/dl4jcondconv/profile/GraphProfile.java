package io.github.dl4jcondconv.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Parameters, multiply-adds and activation shapes of a network, vertex by vertex and in total, for one example.
 *
 * <p>The counting convention. A multiply-add is one multiplication and one addition, counted once (many tools call it a
 * MAC, some count it as two FLOPs). Counted are convolutions and matrix products: a convolution costs kH kW nIn nOut for
 * each output position, padding included as if it were data; a transposed convolution the same for each input position;
 * a dense layer nIn nOut. In our own layers the routers and the generation of kernels are counted as well. Not counted
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
     * The profile of a network whose configuration tells the size of its input: one that reads flat images or vectors. A
     * DL4J configuration does not keep the height and width of images; see {@link #of(ComputationGraph, InputType...)}.
     *
     * @throws IllegalArgumentException if the size of an input is not known, naming the input
     */
    public static GraphProfile of(ComputationGraph graph) {
        return of(graph, new InputType[0]);
    }

    /**
     * The profile of a network for inputs of the given size.
     *
     * @param graph an initialised network; it is not changed
     * @param inputs one type for each input of the network, in order; none where the configuration tells them
     * @throws IllegalArgumentException if the network is not initialised, the number of types is not that of the inputs
     *     or a layer cannot take what it would get, naming the vertex
     */
    public static GraphProfile of(ComputationGraph graph, InputType... inputs) {
        if (graph.getVertices() == null) {
            throw new IllegalArgumentException("the network is not initialised: call init() first");
        }
        return new GraphProfile(profiles(graph, inputs.length == 0 ? NetworkInputs.require(graph) : List.of(inputs)));
    }

    /** The profile if the sizes of the inputs are given or the configuration tells them, else empty. */
    public static Optional<GraphProfile> ifKnown(ComputationGraph graph, InputType... inputs) {
        return inputs.length == 0 && NetworkInputs.of(graph).isEmpty()
                ? Optional.empty()
                : Optional.of(of(graph, inputs));
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

    private static List<LayerProfile> profiles(ComputationGraph graph, List<InputType> inputs) {
        ComputationGraphConfiguration conf = graph.getConfiguration();
        List<String> names = conf.getNetworkInputs();
        if (inputs.size() != names.size()) {
            throw new IllegalArgumentException("the network has " + names.size() + " inputs " + names + ", not "
                    + inputs.size() + ": one InputType for each is needed");
        }
        Map<String, InputType> types = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            types.put(names.get(i), inputs.get(i));
        }
        List<LayerProfile> profiles = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            String name = graph.getVertices()[index].getVertexName();
            if (!types.containsKey(name)) {
                InputType[] read = conf.getVertexInputs().get(name).stream()
                        .map(types::get)
                        .toArray(InputType[]::new);
                LayerProfile profile = profile(graph, name, read);
                profiles.add(profile);
                types.put(name, profile.output());
            }
        }
        return profiles;
    }

    private static LayerProfile profile(ComputationGraph graph, String name, InputType... inputs) {
        GraphVertex conf = graph.getConfiguration().getVertices().get(name);
        org.deeplearning4j.nn.graph.vertex.GraphVertex vertex = graph.getVertex(name);
        ParameterCount count = ParameterCount.of(vertex);
        InputType output = outputType(name, conf, inputs);
        if (!(conf instanceof LayerVertex layerVertex)) {
            OptionalLong free = count.trainable() == 0 ? OptionalLong.of(0) : OptionalLong.empty();
            String type = conf.getClass().getSimpleName();
            return new LayerProfile(name, type, output, count.trainable(), count.state(), free);
        }
        // the instance's configuration is that of the layer inside where the vertex's is a Frozen wrapper
        Layer layer = vertex.getLayer().conf().getLayer();
        InputPreProcessor before = layerVertex.getPreProcessor();
        InputType input = before == null ? inputs[0] : before.getOutputType(inputs[0]);
        InputChecks.require(name, layer, input);
        return new LayerProfile(
                name,
                layer.getClass().getSimpleName(),
                output,
                count.trainable(),
                count.state(),
                MultiplyAdds.of(layer, input, output, vertex.paramTable(false)));
    }

    private static InputType outputType(String name, GraphVertex vertex, InputType... inputs) {
        InputType output;
        try {
            // a layer's output has the shape that its first input gives it
            output = vertex instanceof LayerVertex
                    ? vertex.getOutputType(-1, inputs[0])
                    : vertex.getOutputType(-1, inputs);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "vertex \"" + name + "\" cannot take " + Arrays.toString(inputs) + ": " + e.getMessage(), e);
        }
        if (vertex instanceof LayerVertex v && v.getLayerConf().getLayer() instanceof LossLayer) {
            // DL4J takes the output size of a LossLayer for its nOut, which it does not have
            return v.getPreProcessor() == null ? inputs[0] : v.getPreProcessor().getOutputType(inputs[0]);
        }
        if (Arrays.stream(output.getShape()).anyMatch(size -> size == 0 || size < -1)) {
            throw new IllegalArgumentException("vertex \"" + name + "\" has no output for " + Arrays.toString(inputs)
                    + ": the input is smaller than the kernel");
        }
        return output;
    }

    private static String shape(InputType type) {
        return Arrays.toString(type.getShape());
    }

    private static Object text(OptionalLong number) {
        return number.isPresent() ? (Object) number.getAsLong() : "?";
    }
}
