package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.analysis.RoutingStudy;
import io.github.dl4jcondconv.train.ImageFolder;
import io.github.dl4jcondconv.train.ImageFolder.LabelledImage;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the routing of a network learned, as tables for programs to read. Experts and ranks are counted from 1. */
final class RoutingTables {

    private static final int BINS = 20;
    private static final int FAVOURITES = 10;

    private final RoutingStudy study;
    private final ImageFolder images;

    /**
     * @param study of the images, in the order of the folder
     */
    RoutingTables(RoutingStudy study, ImageFolder images) {
        this.study = study;
        this.images = images;
    }

    /** A row for each layer: how much the class decides, see {@link RoutingStudy#classShare}. */
    Csv layers() {
        Csv csv = new Csv("layer", "experts", "class_share");
        study.layers().forEach(layer -> csv.row(layer, study.weights(layer).columns(), study.classShare(layer)));
        return csv;
    }

    /** A row for each layer, class and expert. */
    Csv meanByClass() {
        Csv csv = new Csv("layer", "class", "expert", "mean");
        for (String layer : study.layers()) {
            INDArray means = study.meanByClass(layer);
            for (int label = 0; label < means.rows(); label++) {
                for (int expert = 0; expert < means.columns(); expert++) {
                    csv.row(layer, images.getClasses().get(label), expert + 1, means.getFloat(label, expert));
                }
            }
        }
        return csv;
    }

    /** A row for each layer, expert and interval of routing weights. */
    Csv histogram() {
        Csv csv = new Csv("layer", "expert", "from", "to", "images");
        for (String layer : study.layers()) {
            int[][] counts = study.histogram(layer, BINS);
            for (int expert = 0; expert < counts.length; expert++) {
                for (int bin = 0; bin < BINS; bin++) {
                    csv.row(layer, expert + 1, bin / (double) BINS, (bin + 1) / (double) BINS, counts[expert][bin]);
                }
            }
        }
        return csv;
    }

    /** A row for each layer, expert and one of the images that give it the largest weights. */
    Csv favourites() {
        Csv csv = new Csv("layer", "expert", "rank", "image", "class", "weight");
        for (String layer : study.layers()) {
            INDArray weights = study.weights(layer);
            for (int expert = 0; expert < weights.columns(); expert++) {
                List<Integer> favourites = study.favourites(layer, expert, FAVOURITES);
                for (int rank = 0; rank < favourites.size(); rank++) {
                    LabelledImage image = images.getImages().get(favourites.get(rank));
                    csv.row(
                            layer,
                            expert + 1,
                            rank + 1,
                            images.getRoot().relativize(image.file()),
                            images.getClasses().get(image.label()),
                            weights.getFloat(favourites.get(rank), expert));
                }
            }
        }
        return csv;
    }
}
