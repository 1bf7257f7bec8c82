package io.github.dl4jcondconv.examples;

import static org.bytedeco.opencv.global.opencv_imgcodecs.imread;

import io.github.dl4jcondconv.profile.TextTable;
import io.github.dl4jcondconv.train.ImageFolder;
import io.github.dl4jcondconv.train.ImageFolderIterator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.opencv.opencv_core.Mat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How well an ONNX file in ONNX Runtime agrees with the network it was made of, on a folder of images.
 *
 * @param images number of images compared
 * @param size the size they were read with
 * @param absolute the largest absolute difference of any output
 * @param relative the same by the largest value of that output
 * @param otherPredictions answers whose largest value is at another place
 */
record Agreement(int images, ImageSize size, double absolute, double relative, long otherPredictions) {

    /** Rounding in single precision stays far below this, a wrong weight far above. */
    static final double TOLERANCE = 1e-4;

    /**
     * Runs both on all images of a folder, or of its {@code val} folder if it has one. Images are read with the size that
     * the ONNX file asks for; where it leaves that open, with the size of the first image.
     *
     * @param graph the original network
     * @param file the ONNX file
     * @param folder images as {@code <class>/<image>}
     */
    static Agreement of(ComputationGraph graph, Path file, Path folder) {
        Path val = folder.resolve("val");
        ImageFolder images = ImageFolder.of(Files.isDirectory(val) ? val : folder);
        try (OnnxModel model = new OnnxModel(file)) {
            ImageSize size = size(model, images.getImages().get(0).file());
            ImageFolderIterator batches = ImageFolderIterator.builder()
                    .folder(images)
                    .reader(size.reader())
                    .dataFormat(model.dataFormat())
                    .build();
            List<AnswerGap> gaps = compare(graph, model, batches);
            return new Agreement(
                    images.getImages().size(),
                    size,
                    gaps.stream().mapToDouble(AnswerGap::absolute).reduce(0, Math::max),
                    gaps.stream().mapToDouble(AnswerGap::relative).reduce(0, Math::max),
                    gaps.stream().mapToLong(AnswerGap::otherPredictions).sum());
        }
    }

    private static ImageSize size(OnnxModel model, Path image) {
        try (Mat first = imread(image.toString())) {
            return model.imageSize(Math.max(1, first.rows()), Math.max(1, first.cols()));
        }
    }

    private static List<AnswerGap> compare(ComputationGraph graph, OnnxModel model, ImageFolderIterator batches) {
        List<String> outputs = graph.getConfiguration().getNetworkOutputs();
        List<AnswerGap> gaps =
                Stream.generate(AnswerGap::new).limit(outputs.size()).toList();
        while (batches.hasNext()) {
            INDArray batch = batches.next().getFeatures();
            INDArray[] actual = model.output(batch, outputs);
            INDArray[] expected =
                    graph.output(false, batch.castTo(graph.getConfiguration().getDataType()));
            for (int i = 0; i < expected.length; i++) {
                gaps.get(i).add(expected[i], actual[i]);
            }
        }
        return gaps;
    }

    /** Whether the difference is no more than rounding; false for NaN. */
    boolean holds() {
        return relative <= TOLERANCE;
    }

    /** What to say when it does not hold. */
    String complaint(Path file) {
        return String.format(
                Locale.ROOT,
                "%s does not answer as the network: the largest difference is %.3g of the largest output, allowed is %.0e",
                file,
                relative,
                TOLERANCE);
    }

    Map<String, Object> toJson() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("images", images);
        values.put("input", size.toString());
        values.put("max_abs_diff", absolute);
        values.put("max_rel_diff", relative);
        values.put("other_predictions", otherPredictions);
        values.put("identical_predictions", otherPredictions == 0);
        return values;
    }

    @Override
    public String toString() {
        return new TextTable("images", "size", "largest difference", "of the largest output", "predictions")
                .row(images, size, scientific(absolute), scientific(relative), predictions())
                .toString();
    }

    private String predictions() {
        return otherPredictions == 0 ? "identical" : otherPredictions + " differ";
    }

    private static String scientific(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
