package io.github.dl4jcondconv.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.examples.ImageSize;
import io.github.dl4jcondconv.examples.SmallImages;
import io.github.dl4jcondconv.examples.TinyModel;
import io.github.dl4jcondconv.export.OnnxExporter;
import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.train.ImageFolder;
import io.github.dl4jcondconv.train.ImageFolder.LabelledImage;
import io.github.dl4jcondconv.train.ImageFolderIterator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ways to serve a fused model answer as the network that was trained. */
class ServeTest {

    private static final ImageSize SIZE = new ImageSize(1, 28, 28);

    /** Single precision through five layers, whose answers are at most 1. */
    private static final float ROUNDING = 1e-5f;

    @TempDir
    Path directory;

    private List<Path> images;
    private float[][] expected;
    private Path zip;
    private Path onnx;

    @BeforeEach
    void fuse() throws IOException {
        ImageFolder folder = ImageFolder.of(SmallImages.copy(directory.resolve("images"), 1, 4, "bag", "coat")
                .resolve("val"));
        images = folder.getImages().stream().map(LabelledImage::file).toList();
        ComputationGraph graph = ComputationGraph.load(
                TinyModel.save(directory.resolve("model.zip")).toFile(), false);
        expected = graph.outputSingle(ImageFolderIterator.builder()
                        .folder(folder)
                        .reader(SIZE.reader())
                        .build()
                        .next()
                        .getFeatures())
                .toFloatMatrix();
        ComputationGraph fused = GraphFuser.fuse(graph).graph();
        zip = directory.resolve("fused.zip");
        fused.save(zip.toFile());
        onnx = directory.resolve("fused.onnx");
        OnnxExporter.export(fused, onnx);
    }

    @Test
    void onnxRuntimeAnswersAsTheTrainedNetwork() throws Exception {
        try (ServeOnnx server = new ServeOnnx(onnx, SIZE)) {
            for (int i = 0; i < images.size(); i++) {
                assertThat(server.scores(images.get(i))).containsExactly(expected[i], within(ROUNDING));
            }
        }
    }

    @Test
    void parallelInferenceAnswersEveryThreadAsTheTrainedNetwork() throws IOException {
        try (ServeParallel server = new ServeParallel(zip, SIZE)) {
            IntStream.range(0, 40).parallel().map(i -> i % images.size()).forEach(i -> assertThat(
                            server.scores(images.get(i)))
                    .containsExactly(expected[i], within(ROUNDING)));
        }
    }

    @Test
    void bothProgramsPrintOneLineAnImage() throws Exception {
        assertThat(printed(() -> ServeOnnx.main(args(onnx)))).hasSameSizeAs(images);
        assertThat(printed(() -> ServeParallel.main(args(zip)))).hasSameSizeAs(images);
    }

    private String[] args(Path model) {
        Stream<String> options = Stream.of(model.toString(), SIZE.toString());
        return Stream.concat(options, images.stream().map(Path::toString)).toArray(String[]::new);
    }

    private interface Program {
        void run() throws Exception;
    }

    private static List<String> printed(Program program) throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true));
        try {
            program.run();
        } finally {
            System.setOut(console);
        }
        return bytes.toString().lines().filter(line -> line.contains(".png [")).toList();
    }
}
