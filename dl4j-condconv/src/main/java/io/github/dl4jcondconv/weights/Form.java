package io.github.dl4jcondconv.weights;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** How a state dictionary holds what DL4J or this library holds as a parameter of another shape. */
enum Form {
    /** As it is. */
    SAME {
        @Override
        List<long[]> shapes(long... p) {
            return List.of(p);
        }
    },
    /** One value for each channel; MegEngine keeps them as [1, n, 1, 1]. */
    CHANNELS {
        @Override
        List<long[]> shapes(long... p) {
            long n = product(p);
            return List.of(new long[] {n}, new long[] {1, n, 1, 1});
        }
    },
    /** log10 of the standard deviation, as DL4J's BatchNormalization keeps a variance unless told otherwise. */
    VARIANCE {
        @Override
        List<long[]> shapes(long... p) {
            return CHANNELS.shapes(p);
        }

        @Override
        INDArray toParameter(INDArray variances, long... p) {
            if (variances.minNumber().doubleValue() < 0) {
                throw new IllegalArgumentException("variances below 0");
            }
            // a channel that never changed has variance 0, and eps hides the difference
            return Transforms.log(Transforms.max(variances, Float.MIN_NORMAL, true), 10, false)
                    .muli(0.5);
        }
    },
    /** [out, in], or a 1x1 convolution, for [in, out]. */
    LINEAR {
        @Override
        List<long[]> shapes(long... p) {
            return List.of(new long[] {p[1], p[0]}, new long[] {p[1], p[0], 1, 1});
        }

        @Override
        INDArray toParameter(INDArray values, long... p) {
            return values.reshape(p[1], p[0]).transpose();
        }
    },
    /** [in * multiplier, 1, kH, kW], the multiplier running faster, for [kH, kW, in, multiplier]. */
    DEPTHWISE {
        @Override
        List<long[]> shapes(long... p) {
            return List.of(new long[] {p[2] * p[3], 1, p[0], p[1]});
        }

        @Override
        INDArray toParameter(INDArray values, long... p) {
            return values.reshape(p[2], p[3], p[0], p[1]).permute(2, 3, 0, 1);
        }
    },
    /** Experts [E, ...], each flattened or not. */
    EXPERTS {
        @Override
        List<long[]> shapes(long... p) {
            return List.of(new long[] {p[0], product(p) / p[0]}, p);
        }
    },
    /** Experts [in * multiplier, 1, kH, kW], each flattened or not, for [E, multiplier, in, kH, kW]. */
    DEPTHWISE_EXPERTS {
        @Override
        List<long[]> shapes(long... p) {
            return List.of(new long[] {p[0], product(p) / p[0]}, new long[] {p[0], p[1] * p[2], 1, p[3], p[4]});
        }

        @Override
        INDArray toParameter(INDArray values, long... p) {
            return values.reshape(p[0], p[2], p[1], p[3], p[4]).permute(0, 2, 1, 3, 4);
        }
    },
    /** Experts [out, in], each flattened or not, for [E, in, out]. */
    LINEAR_EXPERTS {
        @Override
        List<long[]> shapes(long... p) {
            return List.of(new long[] {p[0], p[1] * p[2]}, new long[] {p[0], p[2], p[1]});
        }

        @Override
        INDArray toParameter(INDArray values, long... p) {
            return values.reshape(p[0], p[2], p[1]).permute(0, 2, 1);
        }
    },
    /** A grouped 1x1 convolution [rows, columns, 1, 1], or with the groups apart as MegEngine keeps them. */
    GROUPED {
        @Override
        List<long[]> shapes(long... p) {
            return List.of(new long[] {p[0], p[1], 1, 1});
        }

        @Override
        boolean takes(long[] tensor, long... p) {
            return super.takes(tensor, p)
                    || tensor.length == 5 && product(tensor) == product(p) && tensor[0] * tensor[1] == p[0];
        }
    };

    /**
     * The shapes that a tensor may have.
     *
     * @param p the parameter's shape
     */
    abstract List<long[]> shapes(long... p);

    boolean takes(long[] tensor, long... p) {
        return shapes(p).stream().anyMatch(s -> Arrays.equals(s, tensor));
    }

    /** The values in the parameter's order, whatever shape that leaves them in. */
    INDArray toParameter(INDArray values, long... p) {
        return values;
    }

    private static long product(long... shape) {
        return LongStream.of(shape).reduce(1, Math::multiplyExact);
    }
}
