package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.analysis.MaskPicture;
import io.github.dl4jcondconv.analysis.SamplingMasks;
import io.github.dl4jcondconv.examples.demo.DemoData;
import io.github.dl4jcondconv.examples.demo.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** One image of each class under every mask by which a network samples. */
final class MaskGallery {

    private static final int ZOOM = 4;

    private MaskGallery() {}

    /** A row for each mask, under its name and density. */
    static String html(DemoData data, Measured network) {
        INDArray images = firstOfEachClass(data);
        Map<String, INDArray> masks = SamplingMasks.of(network.graph(), images);
        StringBuilder html = new StringBuilder("<div class=\"masks\">\n");
        masks.forEach((vertex, mask) -> html.append(Html.format(
                        "<h3>%s, %d x %d: %s sampled</h3>%n<p>",
                        Html.text(vertex),
                        mask.size(2),
                        mask.size(3),
                        Html.percent(network.densities().get(vertex))))
                .append(pictures(data.validation().getClasses(), images, mask))
                .append("</p>\n"));
        return html.append("</div>\n").toString();
    }

    private static String pictures(List<String> classes, INDArray images, INDArray masks) {
        StringBuilder html = new StringBuilder();
        for (int i = 0; i < classes.size(); i++) {
            html.append(Html.format(
                    "<img alt=\"%1$s\" title=\"%1$s\" src=\"%2$s\">%n",
                    Html.text(classes.get(i)), PngDataUri.of(MaskPicture.of(images.slice(i), masks.slice(i), ZOOM))));
        }
        return html.toString();
    }

    /** [classes, C, H, W]; every class has an image. */
    private static INDArray firstOfEachClass(DemoData data) {
        int classes = data.validation().getClasses().size();
        List<INDArray> found = new ArrayList<>();
        for (DataSet batch : (Iterable<DataSet>) data::validationBatches) {
            int[] labels = batch.getLabels().argMax(1).toIntVector();
            for (int i = 0; i < labels.length && found.size() < classes; i++) {
                if (labels[i] == found.size()) {
                    found.add(batch.getFeatures().slice(i));
                }
            }
        }
        return Nd4j.stack(0, found.toArray(INDArray[]::new));
    }
}
