package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.analysis.RoutingStudy;
import io.github.dl4jcondconv.examples.report.RoutingReport;
import io.github.dl4jcondconv.train.ImageFolder;
import io.github.dl4jcondconv.train.ImageFolderIterator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code condconv routing}: what the routers of a conditional network learned. */
@Command(
        name = "routing",
        description = "Show what the routing of a trained model learned: which classes use which experts at each depth,"
                + " how routing weights are distributed, and the ten images that each expert likes best.")
final class RoutingCommand implements Callable<Integer> {

    private static final int THUMBNAIL = 64;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "A ComputationGraph saved by DL4J's ModelSerializer.")
    private Path model;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Images, as <class>/* or val/<class>/*.")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where routing.html and the tables layers.csv, mean-by-class.csv, histogram.csv and"
                    + " favourites.csv go; they replace files of the same name.")
    private Path out;

    @Option(
            names = "--input",
            paramLabel = "CxHxW",
            converter = ImageSizeConverter.class,
            description = "Size of the images, such as 3x224x224; without it that of the first image.")
    private ImageSize input;

    @Mixin
    private AccelerationOption acceleration;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (StagedOutput files = new StagedOutput(out)) {
            ComputationGraph graph = acceleration.predicting(ModelFiles.read(model));
            Path val = data.resolve("val");
            ImageFolder images = ImageFolder.of(Files.isDirectory(val) ? val : data);
            ImageSize size = input == null
                    ? ImageSize.of(graph, images.getImages().get(0).file())
                    : input;
            RoutingStudy study = RoutingStudy.of(graph, batches(graph, images, size));
            if (study.layers().isEmpty()) {
                throw new IllegalArgumentException(model + " has no layer with routing: no Router, CondConv2D,"
                        + " DepthwiseCondConv2D or CondDense");
            }
            RoutingTables tables = new RoutingTables(study, images);
            tables.layers().write(files.file("layers.csv"));
            tables.meanByClass().write(files.file("mean-by-class.csv"));
            tables.histogram().write(files.file("histogram.csv"));
            tables.favourites().write(files.file("favourites.csv"));
            new RoutingReport(
                            model.getFileName().toString(),
                            study,
                            images,
                            size.within(THUMBNAIL).reader())
                    .write(files.file("routing.html"));
            files.publish();
        }
        spec.commandLine()
                .getOut()
                .println("Report: "
                        + out.resolve("routing.html").toAbsolutePath().normalize());
        return 0;
    }

    private static ImageFolderIterator batches(ComputationGraph graph, ImageFolder images, ImageSize size) {
        return ImageFolderIterator.builder()
                .folder(images)
                .reader(size.reader())
                .dataFormat(ImageSize.dataFormat(graph))
                .build();
    }
}
