package io.github.dl4jcondconv.golden;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * One block of a network as torch computes it in evaluation mode. Its parameters and state have the names and shapes that
 * they have in the state dictionary of the network that the block comes from.
 */
record StateDictBlock(String name, Function<Experiment, Tensor> module) implements GoldenCase {
    private static final Image IMAGE = new Image(2, 4, 6, 5);

    static List<StateDictBlock> cases() {
        return List.of(
                new StateDictBlock("torchvision-basic-block", StateDictBlock::basicBlock),
                new StateDictBlock("timm-condconv-residual", StateDictBlock::condConvResidual),
                new StateDictBlock("acnet-block", StateDictBlock::asymmetricBlock),
                new StateDictBlock("weightnet-block", StateDictBlock::weightNetBlock));
    }

    @Override
    public Map<String, String> configuration() {
        return new TreeMap<>();
    }

    @Override
    public Tensor forward(Experiment experiment) {
        return module.apply(experiment);
    }

    private static Tensor basicBlock(Experiment e) {
        Tensor x = e.input(IMAGE);
        Window strided = Window.of(3, 3).stride(2, 2).padding(1, 1);
        Tensor y = norm(e, convolution(e, x, "layer2.0.conv1", 6, strided), "layer2.0.bn1", 1e-5)
                .relu();
        y = norm(e, convolution(e, y, "layer2.0.conv2", 6, Window.of(3, 3).padding(1, 1)), "layer2.0.bn2", 1e-5);
        Tensor shortcut =
                convolution(e, x, "layer2.0.downsample.0", 6, Window.of(1, 1).stride(2, 2));
        Tensor pooled =
                y.add(norm(e, shortcut, "layer2.0.downsample.1", 1e-5)).relu().mean(2, 3);
        return pooled.matmul(e.parameter("fc.weight", 0, 0.5, 3, 6).t()).add(e.parameter("fc.bias", 0, 1, 3));
    }

    private static Tensor condConvResidual(Experiment e) {
        long experts = 3;
        long hidden = 8;
        Tensor x = e.input(IMAGE);
        Tensor routing = torch.sigmoid(linear(e, x.mean(2, 3), "blocks.4.1.routing_fn", experts));
        Tensor y = mixed(e, x, routing, "blocks.4.1.conv_pw", hidden, 1, false);
        y = torch.silu(norm(e, y, "blocks.4.1.bn1", 1e-3));
        y = mixed(e, y, routing, "blocks.4.1.conv_dw", hidden, 3, true);
        y = torch.silu(norm(e, y, "blocks.4.1.bn2", 1e-3));
        Tensor squeezed = torch.silu(linear1x1(e, y.mean(2, 3), "blocks.4.1.se.conv_reduce", 2));
        Tensor gates = torch.sigmoid(linear1x1(e, squeezed, "blocks.4.1.se.conv_expand", hidden));
        y = y.mul(gates.reshape(IMAGE.batch(), hidden, 1, 1));
        y = mixed(e, y, routing, "blocks.4.1.conv_pwl", IMAGE.channels(), 1, false);
        return norm(e, y, "blocks.4.1.bn3", 1e-3).add(x);
    }

    private static Tensor asymmetricBlock(Experiment e) {
        Tensor x = e.input(IMAGE);
        Window window = Window.of(3, 3).padding(1, 1);
        String acb = "stem.conv1.acb.";
        Tensor square = e.parameter(acb + "square_conv.weight", 0, 0.3, 6, 4, 3, 3);
        Tensor vertical = e.parameter(acb + "ver_conv.weight", 0, 0.3, 6, 4, 3, 1);
        Tensor horizontal = e.parameter(acb + "hor_conv.weight", 0, 0.3, 6, 4, 1, 3);
        return norm(e, window.convolve(x, square, new TensorOptional(), 1), acb + "square_bn", 1e-5)
                .add(norm(e, window.convolve(x, vertical, new TensorOptional(), 1), acb + "ver_bn", 1e-5))
                .add(norm(e, window.convolve(x, horizontal, new TensorOptional(), 1), acb + "hor_bn", 1e-5))
                .relu();
    }

    private static Tensor weightNetBlock(Experiment e) {
        Tensor x = e.input(IMAGE);
        Tensor context = linear1x1(e, x.mean(2, 3), "features.1.reduce", 16);
        Tensor y = generated(e, x, context, "features.1.wnet1", 6, 1, false);
        y = norm(e, y, "features.1.bn1", 1e-5).relu();
        y = generated(e, y, context, "features.1.wnet2", 6, 3, true);
        return norm(e, y, "features.1.bn2", 1e-5);
    }

    private static Tensor convolution(Experiment e, Tensor x, String name, long outputs, Window window) {
        Tensor kernel =
                e.parameter(name + ".weight", 0, 0.3, outputs, x.size(1), window.kernel()[0], window.kernel()[1]);
        return window.convolve(x, kernel, new TensorOptional(), 1);
    }

    private static Tensor norm(Experiment e, Tensor x, String name, double eps) {
        long channels = x.size(1);
        return torch.batch_norm(
                x,
                new TensorOptional(e.parameter(name + ".weight", 1, 0.3, channels)),
                new TensorOptional(e.parameter(name + ".bias", 0, 0.5, channels)),
                new TensorOptional(e.state(name + ".running_mean", -1, 1, channels)),
                new TensorOptional(e.state(name + ".running_var", 0.5, 2, channels)),
                false,
                0.1,
                eps,
                false);
    }

    private static Tensor linear(Experiment e, Tensor x, String name, long outputs) {
        return x.matmul(e.parameter(name + ".weight", 0, 0.7, outputs, x.size(1))
                        .t())
                .add(e.parameter(name + ".bias", 0, 1, outputs));
    }

    private static Tensor linear1x1(Experiment e, Tensor x, String name, long outputs) {
        Tensor weight = e.parameter(name + ".weight", 0, 0.7, outputs, x.size(1), 1, 1);
        return x.matmul(weight.reshape(outputs, x.size(1)).t()).add(e.parameter(name + ".bias", 0, 1, outputs));
    }

    /** timm's CondConv2d: experts are flattened, and one grouped convolution takes the whole batch. */
    private static Tensor mixed(
            Experiment e, Tensor x, Tensor routing, String name, long outputs, long k, boolean depthwise) {
        long depth = depthwise ? 1 : x.size(1);
        Tensor experts = e.parameter(name + ".weight", 0, 0.4, routing.size(1), outputs * depth * k * k);
        return eachItsOwn(x, routing.matmul(experts), outputs, k, depthwise);
    }

    /** WeightNet's layers: two 1x1 convolutions make each example's kernel, the second one grouped; M = G = 2. */
    private static Tensor generated(
            Experiment e, Tensor x, Tensor context, String name, long outputs, long k, boolean depthwise) {
        long groups = depthwise ? outputs : 2 * outputs;
        long entries = outputs * (depthwise ? 1 : x.size(1)) * k * k;
        Tensor gates = torch.sigmoid(linear1x1(e, context, name + ".wn_fc1", groups));
        Tensor fc2 = e.parameter(name + ".wn_fc2.weight", 0, 0.5, entries, 1, 1, 1);
        Tensor kernels =
                Window.of(1, 1).convolve(gates.reshape(x.size(0), groups, 1, 1), fc2, new TensorOptional(), groups);
        return eachItsOwn(x, kernels, outputs, k, depthwise);
    }

    private static Tensor eachItsOwn(Tensor x, Tensor kernels, long outputs, long k, boolean depthwise) {
        long batch = x.size(0);
        long depth = depthwise ? 1 : x.size(1);
        Tensor grouped = Window.of(k, k)
                .padding(k / 2, k / 2)
                .convolve(
                        x.reshape(1, batch * x.size(1), x.size(2), x.size(3)),
                        kernels.reshape(batch * outputs, depth, k, k),
                        new TensorOptional(),
                        depthwise ? batch * outputs : batch);
        return grouped.reshape(batch, outputs, grouped.size(2), grouped.size(3));
    }
}
