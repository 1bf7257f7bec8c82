package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.fusion.FusionRule.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Branches of linear vertices from one vertex to a sum.
 *
 * @param sum the vertex that adds them
 * @param source the vertex that they start at
 * @param branches the vertices of each, in the order of computation; none for the identity
 */
record ParallelBranches(NetworkDraft draft, String sum, String source, List<List<String>> branches) {

    /** Makes them one convolution, if all windows have the same centre at every position. */
    Outcome fuse() {
        Optional<String> main = parts().stream()
                .filter(part -> Branch.isConvolution(draft, part))
                .max(Comparator.comparing(
                        part -> LinearLayer.CONVOLUTION.read(draft, part).taps()));
        Optional<Integer> channels = parts().stream()
                .filter(this::isFirst)
                .flatMap(this::channelsRead)
                .findFirst();
        if (main.isEmpty() || channels.isEmpty()) {
            return Outcome.NOT_MINE;
        }
        if (!DataFormats.agree(draft, parts())) {
            return Outcome.stays("its branches differ in data format");
        }
        if (branches.stream().map(this::preProcessor).distinct().count() > 1) {
            return Outcome.stays("its branches read \"" + source + "\" through different preprocessors");
        }
        List<Branch> folded = new ArrayList<>();
        for (List<String> branch : branches) {
            Optional<Branch> one = fold(branch, channels.get());
            if (one.isEmpty()) {
                return Outcome.stays("the branch " + Chain.quoted(branch) + " is not one convolution");
            }
            folded.add(one.get());
        }
        return fuse((ConvolutionLayer) draft.layer(main.get()), folded);
    }

    /** @param layer the convolution that lends the sum its settings for training */
    private Outcome fuse(ConvolutionLayer layer, List<Branch> folded) {
        Optional<Geometry> geometry =
                Geometry.covering(folded.stream().map(Branch::geometry).toList(), layer.getConvolutionMode());
        if (geometry.isEmpty()) {
            return Outcome.stays("its branches differ in stride, dilation or the centres of their windows");
        }
        if (folded.stream()
                .anyMatch(b -> !b.kernel().hasChannelsOf(folded.get(0).kernel()))) {
            return Outcome.stays("its branches differ in channels");
        }
        KernelBias kernel = folded.stream()
                .map(b -> b.kernel()
                        .padTo(
                                geometry.get().height().size(),
                                geometry.get().width().size()))
                .reduce(KernelBias::plus)
                .orElseThrow();
        layer.setNIn(kernel.shape()[1]);
        layer.setNOut(kernel.shape()[0]);
        layer.setHasBias(true);
        geometry.get().applyTo(layer);
        draft.fuse(
                firstFirst(),
                sum,
                layer,
                Map.of("W", kernel.kernel(DataType.DOUBLE), "b", kernel.bias(DataType.DOUBLE)));
        return Outcome.fusedInto(sum);
    }

    private Optional<Branch> fold(List<String> branch, int channels) {
        if (branch.isEmpty()) {
            return Optional.of(Branch.identity(channels));
        }
        Optional<Branch> folded = Branch.of(draft, branch.get(0), channels);
        for (String vertex : branch.subList(1, branch.size())) {
            folded = folded.flatMap(f -> f.then(draft, vertex));
        }
        return folded;
    }

    private List<String> parts() {
        return branches.stream().flatMap(List::stream).toList();
    }

    /** The parts, a layer that reads the source before the others. */
    private List<String> firstFirst() {
        return parts().stream()
                .sorted(Comparator.comparing(part -> !isFirst(part)))
                .toList();
    }

    private boolean isFirst(String part) {
        return draft.layer(part) != null && draft.input(part).equals(source);
    }

    private Stream<Integer> channelsRead(String first) {
        if (draft.layer(first) instanceof ConvolutionLayer convolution) {
            return Stream.of((int) convolution.getNIn());
        }
        return draft.layer(first) instanceof BatchNormalization norm ? Stream.of((int) norm.getNOut()) : Stream.empty();
    }

    private Optional<InputPreProcessor> preProcessor(List<String> branch) {
        return branch.isEmpty() ? Optional.empty() : Optional.ofNullable(draft.preProcessor(branch.get(0)));
    }
}
