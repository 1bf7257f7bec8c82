package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * Where a convolution or pooling layer looks.
 *
 * @param height its window along the height
 * @param width its window along the width
 * @param mode how it treats borders
 */
record Geometry(Window height, Window width, ConvolutionMode mode) {

    /** One tap at every position: where an identity looks. */
    static final Geometry POINT = new Geometry(Window.POINT, Window.POINT, ConvolutionMode.Truncate);

    static Geometry of(ConvolutionLayer layer) {
        return of(
                layer.getKernelSize(),
                layer.getStride(),
                layer.getDilation(),
                layer.getPadding(),
                layer.getConvolutionMode());
    }

    static Geometry of(Convolution2DBlock layer) {
        return of(
                layer.getKernelSize(),
                layer.getStride(),
                layer.getDilation(),
                layer.getPadding(),
                layer.getConvolutionMode());
    }

    static Geometry of(SubsamplingLayer layer) {
        return of(
                layer.getKernelSize(),
                layer.getStride(),
                layer.getDilation(),
                layer.getPadding(),
                layer.getConvolutionMode());
    }

    private static Geometry of(int[] size, int[] stride, int[] dilation, int[] padding, ConvolutionMode mode) {
        boolean same = mode == ConvolutionMode.Same;
        return new Geometry(
                new Window(size[0], stride[0], dilation[0], padding[0], same),
                new Window(size[1], stride[1], dilation[1], padding[1], same),
                mode);
    }

    /**
     * The geometry whose window holds all the others at its centre; empty if there is none.
     *
     * @param preferred the mode it should have, if it can
     */
    static Optional<Geometry> covering(List<Geometry> geometries, ConvolutionMode preferred) {
        Optional<Window> height =
                Window.covering(geometries.stream().map(Geometry::height).toList());
        Optional<Window> width =
                Window.covering(geometries.stream().map(Geometry::width).toList());
        return height.flatMap(h -> width.flatMap(w -> inOneMode(h, w, preferred)));
    }

    private static Optional<Geometry> inOneMode(Window height, Window width, ConvolutionMode preferred) {
        if (preferred == ConvolutionMode.Same || height.same() || width.same()) {
            Optional<Geometry> same = height.inSameMode()
                    .flatMap(h -> width.inSameMode().map(w -> new Geometry(h, w, ConvolutionMode.Same)));
            if (same.isPresent() || height.same() || width.same()) {
                return same;
            }
        }
        ConvolutionMode explicit = preferred == ConvolutionMode.Same ? ConvolutionMode.Truncate : preferred;
        return Optional.of(new Geometry(height, width, explicit));
    }

    /** Whether it has one tap at every position, and no position beside the image. */
    boolean isPointwise() {
        return height.isPoint() && width.isPoint();
    }

    /** Whether no output depends on padding, whatever the size of the image. */
    boolean seesNoPadding() {
        return height.seesNoPadding() && width.seesNoPadding();
    }

    void applyTo(ConvolutionLayer layer) {
        layer.setKernelSize(new int[] {height.size(), width.size()});
        layer.setStride(new int[] {height.stride(), width.stride()});
        layer.setDilation(new int[] {height.dilation(), width.dilation()});
        layer.setPadding(new int[] {height.padding(), width.padding()});
        layer.setConvolutionMode(mode);
    }
}
