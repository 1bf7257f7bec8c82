package io.github.dl4jcondconv.analysis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What the routing of a network learned, asked of all images of a set: how much each class uses each expert, how routing
 * weights are distributed, and which images an expert likes best (Yang et al., "CondConv", NeurIPS 2019, section 4.4).
 *
 * <p>Routing weights of all images are held in memory, 4 bytes for each image and expert of each layer.
 */
public final class RoutingStudy {
    private final Map<String, INDArray> weights;
    private final INDArray labels;

    private RoutingStudy(Map<String, INDArray> weights, INDArray labels) {
        this.weights = weights;
        this.labels = labels;
    }

    /**
     * Runs a network at inference on all images.
     *
     * @param images labelled images; the iterator is reset first
     */
    public static RoutingStudy of(ComputationGraph graph, DataSetIterator images) {
        Map<String, List<INDArray>> batches = new LinkedHashMap<>();
        List<INDArray> labels = new ArrayList<>();
        images.reset();
        while (images.hasNext()) {
            DataSet batch = images.next();
            INDArray features =
                    batch.getFeatures().castTo(graph.getConfiguration().getDataType());
            RoutingWeights.of(graph, features)
                    .forEach((vertex, found) -> batches.computeIfAbsent(vertex, v -> new ArrayList<>())
                            .add(found.castTo(DataType.FLOAT)));
            labels.add(batch.getLabels().castTo(DataType.FLOAT));
        }
        Map<String, INDArray> weights = new LinkedHashMap<>();
        batches.forEach((vertex, parts) -> weights.put(vertex, Nd4j.vstack(parts)));
        return new RoutingStudy(weights, Nd4j.vstack(labels));
    }

    /** The vertices whose routers were asked, in the order of the network; none if it has no router. */
    public List<String> layers() {
        return List.copyOf(weights.keySet());
    }

    /** Routing weights [images, experts] of a layer, images in the order of the iterator. */
    public INDArray weights(String layer) {
        INDArray found = weights.get(layer);
        if (found == null) {
            throw new IllegalArgumentException("no routing weights of \"" + layer + "\": there are " + layers());
        }
        return found;
    }

    /** Number of images. */
    public int images() {
        return (int) labels.size(0);
    }

    /** The class of an image. */
    public int classOf(int image) {
        return labels.getRow(image).argMax().getInt(0);
    }

    /** Mean routing weights [classes, experts] of a layer over the images of each class; NaN for a class without images. */
    public INDArray meanByClass(String layer) {
        return labels.transpose()
                .mmul(weights(layer))
                .divColumnVector(labels.sum(true, 0).transpose());
    }

    /**
     * How much the class of an image decides about its routing: the variance of the classes' mean weights over that of all
     * weights, experts together. 0 where classes are routed alike, 1 where images of a class are.
     */
    public double classShare(String layer) {
        INDArray all = weights(layer);
        INDArray mean = all.mean(true, 0);
        INDArray sizes = Transforms.max(labels.sum(true, 0), 1).transpose();
        INDArray ofClasses = labels.mmul(labels.transpose().mmul(all).divColumnVector(sizes));
        double total = squares(all.subRowVector(mean));
        return total == 0 ? 0 : squares(ofClasses.subRowVector(mean)) / total;
    }

    private static double squares(INDArray values) {
        return values.mul(values).sumNumber().doubleValue();
    }

    /**
     * How routing weights of a layer are distributed.
     *
     * @param bins number of intervals into which 0 to 1 is divided; 1 belongs to the last
     * @return [expert][bin], numbers of images
     */
    public int[][] histogram(String layer, int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException("bins is " + bins + ", allowed: at least 1");
        }
        float[][] byExpert = weights(layer).transpose().toFloatMatrix();
        int[][] counts = new int[byExpert.length][bins];
        for (int expert = 0; expert < byExpert.length; expert++) {
            for (float weight : byExpert[expert]) {
                counts[expert][Math.min((int) (weight * bins), bins - 1)]++;
            }
        }
        return counts;
    }

    /**
     * The images that give an expert its largest weights, the largest first.
     *
     * @param count how many, or all if there are fewer
     * @return indices in the order of the iterator
     */
    public List<Integer> favourites(String layer, int expert, int count) {
        float[] ofExpert = weights(layer).getColumn(expert).toFloatVector();
        Comparator<Integer> byWeight = Comparator.comparing(image -> ofExpert[image], Collections.reverseOrder());
        return IntStream.range(0, images())
                .boxed()
                .sorted(byWeight)
                .limit(count)
                .toList();
    }
}
