package io.github.dl4jcondconv.zoo;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.nd4j.linalg.factory.Nd4j;

/** A 1x1 convolution to the values of each box: position, size, confidence and classes. */
final class DetectionHead extends Head {
    private static final int BOX = 5;

    private final double[][] anchors;

    DetectionHead(double[]... anchors) {
        this.anchors = Arrays.stream(anchors).map(double[]::clone).toArray(double[][]::new);
        if (anchors.length == 0 || Arrays.stream(anchors).anyMatch(a -> a.length != 2 || !(a[0] > 0) || !(a[1] > 0))) {
            throw new IllegalArgumentException("detection: anchors are " + Arrays.deepToString(anchors)
                    + ", allowed: one or more pairs of height and width above 0");
        }
    }

    @Override
    void write(Blueprint net, List<Features> stages, int classes) {
        Conv boxes = Conv.of(anchors.length * (BOX + classes), 1).withHasBias(true);
        Features x = new FixedKernels().conv(net, "head.boxes", stages.get(stages.size() - 1), boxes);
        Yolo2OutputLayer loss = new Yolo2OutputLayer.Builder()
                .boundingBoxPriors(Nd4j.createFromArray(anchors))
                .build();
        net.graph().addLayer("loss", loss, x.vertex()).setOutputs("loss");
    }
}
