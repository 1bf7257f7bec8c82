package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.examples.demo.Answers;
import io.github.dl4jcondconv.examples.demo.Contestant;
import io.github.dl4jcondconv.examples.demo.DemoData;
import io.github.dl4jcondconv.train.ImageFolder.LabelledImage;
import java.util.List;

/** The first validation images of each class, with what every network takes them for. */
final class Gallery {

    private static final int OF_EACH_CLASS = 4;

    private Gallery() {}

    static String html(DemoData data, List<Contestant> contestants) {
        StringBuilder html = new StringBuilder("<div class=\"gallery\">\n");
        List<LabelledImage> images = data.validation().getImages();
        int[] shown = new int[data.validation().getClasses().size()];
        for (int i = 0; i < images.size(); i++) {
            if (shown[images.get(i).label()]++ < OF_EACH_CLASS) {
                html.append(figure(data, contestants, i));
            }
        }
        return html.append("</div>\n").toString();
    }

    private static String figure(DemoData data, List<Contestant> contestants, int index) {
        List<String> classes = data.validation().getClasses();
        LabelledImage image = data.validation().getImages().get(index);
        StringBuilder right = new StringBuilder();
        StringBuilder wrong = new StringBuilder();
        for (int c = 0; c < contestants.size(); c++) {
            Answers answers = contestants.get(c).trained().answers();
            String predicted = classes.get(answers.predictions()[index]);
            if (answers.isRight(index)) {
                right.append(Html.format("<span class=\"series%d\">✓</span>", c));
            } else {
                wrong.append(Html.format("<p class=\"series%d\">✗ %s</p>", c, Html.text(predicted)));
            }
        }
        return Html.format(
                "<figure%s><img alt=\"\" src=\"%s\"><figcaption><b>%s</b>%s%s</figcaption></figure>%n",
                wrong.isEmpty() ? "" : " class=\"mistaken\"",
                PngDataUri.of(data.reader().read(image.file())),
                Html.text(classes.get(image.label())),
                right,
                wrong);
    }
}
