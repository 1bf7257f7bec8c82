package io.github.dl4jcondconv.zoo;

import java.util.List;

/** What the features of a backbone become, where it is not class probabilities of the whole image. */
public abstract class Head {
    Head() {}

    /**
     * Adds the head and sets the network's output.
     *
     * @param stages the outputs of the backbone's stages; the last three make images 8, 16 and 32 times smaller
     */
    abstract void write(Blueprint net, List<Features> stages, int classes);

    /**
     * A class for each pixel, as FCN-8s predicts it (Long et al., "Fully Convolutional Networks for Semantic Segmentation",
     * CVPR 2015): 1x1 convolutions make scores of the last three stages, which are enlarged by repetition and added. The
     * output is [N, classes, H, W] with a softmax over the classes, through DL4J's CnnLossLayer; so are the labels. Height
     * and width must be multiples of 32.
     */
    public static Head segmentation() {
        return new SegmentationHead();
    }

    /**
     * Boxes and their classes in a grid of cells of 32x32 pixels, by DL4J's Yolo2OutputLayer, which says what labels look
     * like (Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", CVPR 2017). Height and width must be multiples of 32.
     *
     * @param anchors height and width of each box that a cell predicts changes to, in cells
     * @throws IllegalArgumentException if there are none, or one is not of two numbers above 0
     */
    public static Head detection(double[]... anchors) {
        return new DetectionHead(anchors);
    }
}
