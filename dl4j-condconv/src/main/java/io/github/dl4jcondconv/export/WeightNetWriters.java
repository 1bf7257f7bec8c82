package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.WeightNetBlock;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * WeightNet's convolutions, with an open batch size: {@link OnnxOptions#mixing()} says in which form.
 *
 * <p>A gate scales one slice of one filter, so the sum over the outputs needs no kernel for each example: slice s of all
 * filters and column j of fc2W together are a convolution, whose output channel o is scaled by the gate (o G + s) M/G + j.
 * Where G divides nIn a slice sees 1/G of the input channels only, so that all G M/G convolutions cost as much as M/G
 * plain ones.
 */
final class WeightNetWriters {
    private final WeightNetBlock layer;
    private final ExampleKernels kernels;
    private final VertexScope scope;
    /** Slices of a filter, the G of the paper. */
    private final int slices;
    /** Gates of a slice, the M/G of the paper. */
    private final int gates;

    private WeightNetWriters(WeightNetBlock layer, long group, int slices, VertexScope scope) {
        this.layer = layer;
        this.kernels = new ExampleKernels(Window.of(layer), layer.getNIn(), layer.getNOut(), group);
        this.scope = scope;
        this.slices = slices;
        this.gates = layer.getM() / layer.getG();
    }

    static String weightNet(WeightNetConv2D layer, List<String> inputs, VertexScope scope) {
        return new WeightNetWriters(layer, 1, layer.getG(), scope).write(inputs);
    }

    /** Each channel's kernel is one slice. */
    static String depthwise(DepthwiseWeightNetConv2D layer, List<String> inputs, VertexScope scope) {
        return new WeightNetWriters(layer, layer.getNIn(), 1, scope).write(inputs);
    }

    private String write(List<String> inputs) {
        String images = inputs.get(0);
        String context = layer.isSharedContext() ? inputs.get(1) : scope.affine(scope.globalAverage(images), "reduce");
        return scalesOutputs()
                ? scaleOutputs(images, context)
                : kernels.convolve(scope, images, makeKernels(context), null);
    }

    private boolean scalesOutputs() {
        int cost = slicesAreChannels() ? gates : gates * slices;
        return switch (scope.options().mixing()) {
            case OUTPUTS -> true;
            case KERNELS -> false;
            case AUTO -> kernels.isSlowerThan(cost);
        };
    }

    private boolean slicesAreChannels() {
        return layer.getNIn() % slices == 0;
    }

    private String scaleOutputs(String images, String context) {
        WeightedConvolutions sum = new WeightedConvolutions(scope, Window.of(layer));
        String[] weights = sum.split(gatesBySlice(context), slices * gates);
        String[] parts = slices > 1 && slicesAreChannels()
                ? scope.node(OnnxOp.SPLIT, images).with("axis", 1).outputs(slices)
                : null;
        for (int i = 0; i < weights.length; i++) {
            String seen = parts == null ? images : parts[i / gates];
            sum.add(seen, weights[i], kernels.group(), filters(i / gates, i % gates), null);
        }
        return sum.sum();
    }

    /** The gates of each slice and column next to each other, [N, G M/G nOut]. */
    private String gatesBySlice(String context) {
        INDArray w = scope.param("fc1W");
        INDArray b = scope.param("fc1b");
        INDArray columns = w.reshape(w.size(0), layer.getNOut(), slices, gates).permute(0, 2, 3, 1);
        INDArray biases = b.reshape(layer.getNOut(), slices, gates).permute(1, 2, 0);
        return scope.op(
                OnnxOp.SIGMOID,
                scope.op(
                        OnnxOp.GEMM,
                        context,
                        scope.weights("fc1W", columns.dup('c').reshape(w.shape())),
                        scope.weights("fc1b", biases.dup('c').reshape(b.length()))));
    }

    /** One slice of all filters from one column of fc2W: with the channels it sees, or else with zeros around it. */
    private INDArray filters(int slice, int column) {
        INDArray all = scope.param("fc2W").get(NDArrayIndex.all(), NDArrayIndex.point(column));
        INDArray rows = all.dup('c').reshape('c', layer.getNOut(), all.length() / layer.getNOut());
        long length = rows.size(1) / slices;
        var seen = NDArrayIndex.interval(slice * length, (slice + 1) * length);
        INDArray cut = rows.get(NDArrayIndex.all(), seen);
        if (!slicesAreChannels()) {
            INDArray padded = Nd4j.zerosLike(rows);
            padded.get(NDArrayIndex.all(), seen).assign(cut);
            cut = padded;
        }
        int[] k = layer.getKernelSize();
        return cut.dup('c').reshape('c', layer.getNOut(), -1, k[0], k[1]);
    }

    /** One product of matrices for each slice: its gates [N, M/G] times its part of fc2W [M/G, entries]. */
    private String makeKernels(String context) {
        INDArray fc2 = scope.param("fc2W");
        long groups = layer.getNOut() * slices;
        INDArray parts = fc2.reshape(groups, fc2.size(0) / groups, gates).permute(0, 2, 1);
        String all = scope.op(OnnxOp.SIGMOID, scope.affine(context, "fc1"));
        String bySlice = scope.transpose(scope.op(OnnxOp.RESHAPE, all, scope.longs(-1, groups, gates)), 1, 0, 2);
        String made = scope.op(OnnxOp.MATMUL, bySlice, scope.weights("fc2W", parts));
        return scope.op(OnnxOp.RESHAPE, scope.transpose(made, 1, 0, 2), scope.longs(-1, fc2.size(0)));
    }
}
