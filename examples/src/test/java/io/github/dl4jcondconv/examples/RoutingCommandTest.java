package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the tiny model, whose one conditional layer has two experts, and three images of two classes each. */
class RoutingCommandTest {

    @TempDir
    Path directory;

    private Path out() {
        return directory.resolve("out");
    }

    private Path images() throws IOException {
        return SmallImages.copy(directory.resolve("images"), 1, 3, "bag", "coat");
    }

    private Cli run(Path model, String... options) throws IOException {
        List<String> args = new ArrayList<>(List.of(
                "routing", "--model", model.toString(), "--data", images().toString(), "--out", out().toString()));
        args.addAll(List.of(options));
        return Cli.run(args.toArray(String[]::new));
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(out().resolve(file));
    }

    @Test
    void thePageAndTheTablesAreWritten() throws IOException {
        Cli cli = run(TinyModel.save(directory.resolve("model.zip")));
        assertThat(cli.exitCode()).as(cli.err()).isZero();
        assertThat(cli.out()).contains(out().resolve("routing.html").toString());
        assertThat(out().toFile().list())
                .containsExactlyInAnyOrder(
                        "routing.html", "layers.csv", "mean-by-class.csv", "histogram.csv", "favourites.csv");
    }

    @Test
    void thePageHasAPictureOfEveryFavourite() throws IOException {
        run(TinyModel.save(directory.resolve("model.zip")));
        assertThat(Files.readString(out().resolve("routing.html")).split("data:image/png"))
                .hasSize(1 + 2 * 6);
    }

    @Test
    void theTablesHaveARowForEachExpertAndClassOrImage() throws IOException {
        run(TinyModel.save(directory.resolve("model.zip")));
        assertThat(lines("layers.csv")).hasSize(1 + 1).element(1).asString().startsWith("conditional,2,0.");
        assertThat(lines("mean-by-class.csv"))
                .hasSize(1 + 2 * 2)
                .element(1)
                .asString()
                .startsWith("conditional,bag,1,0.");
        assertThat(lines("histogram.csv")).hasSize(1 + 2 * 20);
        assertThat(lines("favourites.csv")).hasSize(1 + 2 * 6);
    }

    @Test
    void imagesMayBeReadWithTheirChannelsLastAndInAnotherSize() throws IOException {
        Path model = TinyModel.save(directory.resolve("model.zip"), CNN2DFormat.NHWC, 1);
        assertThat(run(model, "--input", "1x20x20").err()).isEmpty();
    }

    @Test
    void aModelWithoutRoutingIsRefused() throws IOException {
        ComputationGraph plain = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(28, 28, 1))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(2).build(), "image")
                .setOutputs("conv")
                .validateOutputLayerConfig(false)
                .build());
        plain.init();
        Path model = directory.resolve("plain.zip");
        plain.save(model.toFile());
        Cli cli = run(model);
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(cli.err()).contains(model + " has no layer with routing").hasLineCount(1);
        assertThat(out()).doesNotExist();
    }
}
