package io.github.dl4jcondconv.zoo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The networks of the zoo by name, as on the command line. */
public final class Zoo {
    private static final Map<String, Supplier<ZooNetwork.Builder<?>>> NETWORKS = networks();

    private Zoo() {}

    private static Map<String, Supplier<ZooNetwork.Builder<?>>> networks() {
        Map<String, Supplier<ZooNetwork.Builder<?>>> networks = new LinkedHashMap<>();
        networks.put("mobilenetv1", MobileNetV1::builder);
        networks.put("mobilenetv2", MobileNetV2::builder);
        networks.put("mnasnet-a1", MnasNetA1::builder);
        networks.put("efficientnet-b0", EfficientNet::builder);
        networks.put("efficientnet-b0-depth", EfficientNet::depthBuilder);
        networks.put("shufflenetv2", ShuffleNetV2::builder);
        for (int depth : List.of(18, 34, 50, 101)) {
            networks.put("resnet" + depth, () -> ResNet.builder(depth));
        }
        for (int depth : List.of(20, 56)) {
            networks.put("resnet" + depth + "-cifar", () -> CifarResNet.builder(depth));
        }
        networks.put("cifar-quick", CifarQuick::builder);
        networks.put("vgg16-cifar", CifarVgg16::builder);
        networks.put("wrn16-8-cifar", () -> WideResNet.builder(16, 8));
        networks.put("densenet40-cifar", () -> DenseNet.cifarBuilder(40, 12));
        networks.put("alexnet", AlexNet::builder);
        networks.put("densenet121", DenseNet::builder);
        return networks;
    }

    /** Names of all networks. */
    public static List<String> names() {
        return List.copyOf(NETWORKS.keySet());
    }

    /** Whether there is a network of this name. */
    public static boolean has(String name) {
        return NETWORKS.containsKey(name);
    }

    /**
     * A builder of the named network with its blocks chosen; other options are still to be set.
     *
     * @throws IllegalArgumentException if there is no such network, or not with such blocks, with a list of what there is
     */
    public static ZooNetwork.Builder<?> builder(String name, BlockKind block) {
        if (!has(name)) {
            throw new IllegalArgumentException(
                    "there is no network \"" + name + "\"; there are " + String.join(", ", names()));
        }
        if (!plain(name).kinds().contains(block)) {
            throw new IllegalArgumentException(
                    "there is no " + name + " with block " + block + "; there are " + combinations());
        }
        return NETWORKS.get(name).get().block(block);
    }

    private static ZooNetwork plain(String name) {
        return NETWORKS.get(name).get().build();
    }

    /** All networks and their blocks in one line: "resnet18 (plain, condconv), ...". */
    public static String combinations() {
        return names().stream()
                .map(name -> name
                        + plain(name).kinds().stream()
                                .map(BlockKind::toString)
                                .collect(Collectors.joining(", ", " (", ")")))
                .collect(Collectors.joining(", "));
    }
}
