package io.github.dl4jcondconv.export;

/**
 * Same padding computed from the size of the image while the model runs: with ceil(size / stride) windows,
 * max(0, (windows - 1) stride + extent - size) rows are missing, half of them (rounded down) at the top.
 */
final class SamePadding {
    private SamePadding() {}

    static String pad(VertexScope scope, String image, Window window, double fill) {
        long strideH = window.stride()[0];
        long strideW = window.stride()[1];
        String stride = scope.longs(strideH, strideW);
        String size = scope.op(OnnxOp.SLICE, scope.op(OnnxOp.SHAPE, image), scope.longs(2), scope.longs(4));
        String lastWindow = scope.op(OnnxOp.DIV, scope.op(OnnxOp.SUB, size, scope.longs(1, 1)), stride);
        String covered = scope.op(
                OnnxOp.ADD, scope.op(OnnxOp.MUL, lastWindow, stride), scope.longs(window.extent(0), window.extent(1)));
        String missing = scope.op(OnnxOp.MAX, scope.op(OnnxOp.SUB, covered, size), scope.longs(0, 0));
        String before = scope.op(OnnxOp.DIV, missing, scope.longs(2, 2));
        String after = scope.op(OnnxOp.SUB, missing, before);
        String none = scope.longs(0, 0);
        String pads = scope.node(OnnxOp.CONCAT, none, before, none, after)
                .with("axis", 0)
                .output();
        return scope.op(OnnxOp.PAD, image, pads, scope.scalar(fill));
    }
}
