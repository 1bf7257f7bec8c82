package io.github.dl4jcondconv.torchpeer;

import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** What a line of a program may do; images are NCHW. */
enum Operation {
    /** image, kernels [out, in, h, w], perhaps bias; stride, dilation, padding (above, below, left, right). */
    CONV {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return convolve(call, in[0], in[1], bias(in, 2), 1);
        }
    },
    /** The same with kernels [channels * multiplier, 1, h, w]. */
    DEPTHWISE {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return convolve(call, in[0], in[1], bias(in, 2), in[0].size(1));
        }
    },
    /** image, experts [E, out, in, h, w], routing weights [N, E], perhaps biases [E, out]. */
    CONDCONV {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            Tensor experts = in[1];
            Tensor kernels = in[2].matmul(experts.reshape(experts.size(0), -1))
                    .reshape(-1, experts.size(2), experts.size(3), experts.size(4));
            TensorOptional bias =
                    in.length > 3 ? new TensorOptional(in[2].matmul(in[3]).reshape(-1)) : new TensorOptional();
            return foldBatch(call, in[0], kernels, bias, in[0].size(0));
        }
    },
    /** image, experts [E, multiplier, in, h, w], routing weights [N, E], perhaps biases [E, in * multiplier]. */
    DEPTHWISE_CONDCONV {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            Tensor experts = in[1].permute(0, 2, 1, 3, 4);
            Tensor kernels =
                    in[2].matmul(experts.reshape(experts.size(0), -1)).reshape(-1, 1, experts.size(3), experts.size(4));
            TensorOptional bias =
                    in.length > 3 ? new TensorOptional(in[2].matmul(in[3]).reshape(-1)) : new TensorOptional();
            return foldBatch(call, in[0], kernels, bias, in[0].size(0) * in[0].size(1));
        }
    },
    /** image, gates [N, M * out], fc2 [out * in * h * w, M / G]; groups = G * out, kernel = h, w. */
    WEIGHTNET {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            long[] k = call.numbers("kernel");
            Tensor kernels = torch.conv2d(
                    in[1].reshape(in[1].size(0), in[1].size(1), 1, 1),
                    in[2].reshape(in[2].size(0), in[2].size(1), 1, 1),
                    new TensorOptional(),
                    pair(1),
                    pair(0),
                    pair(1),
                    call.numbers("groups")[0]);
            long n = in[0].size(0);
            return foldBatch(call, in[0], kernels.reshape(-1, in[0].size(1), k[0], k[1]), new TensorOptional(), n);
        }
    },
    /** image, gamma, beta, mean, variance; eps, and decay as DL4J has it. */
    BATCHNORM {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return torch.batch_norm(
                    in[0],
                    new TensorOptional(in[1]),
                    new TensorOptional(in[2]),
                    new TensorOptional(in[3]),
                    new TensorOptional(in[4]),
                    training,
                    1 - call.number("decay"),
                    call.number("eps"),
                    false);
        }
    },
    RELU {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return torch.relu(in[0]);
        }
    },
    SIGMOID {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return torch.sigmoid(in[0]);
        }
    },
    SOFTMAX {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return torch.softmax(in[0], 1);
        }
    },
    ADD {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            Tensor sum = in[0];
            for (int i = 1; i < in.length; i++) {
                sum = sum.add(in[i]);
            }
            return sum;
        }
    },
    /** padding (above, below, left, right). */
    PAD {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return framed(in[0], call.numbers("padding"));
        }
    },
    /** kernel, stride. */
    MAXPOOL {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return torch.max_pool2d(in[0], call.numbers("kernel"), call.numbers("stride"), pair(0), pair(1), false);
        }
    },
    /** The mean over height and width. */
    MEAN {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return in[0].mean(2, 3);
        }
    },
    FLATTEN {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return in[0].flatten(1, -1);
        }
    },
    /** vectors, weights [in, out], perhaps bias. */
    DENSE {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            Tensor product = in[0].matmul(in[1]);
            return in.length > 2 ? product.add(in[2]) : product;
        }
    },
    /** logits, labels one-hot: the mean over the batch. */
    CROSS_ENTROPY {
        @Override
        Tensor apply(Call call, boolean training, Tensor... in) {
            return torch.log_softmax(in[0], 1).mul(in[1]).sum().div(new Scalar(-(double) in[0].size(0)));
        }
    };

    abstract Tensor apply(Call call, boolean training, Tensor... in);

    static Operation of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static TensorOptional bias(Tensor[] in, int position) {
        return in.length > position ? new TensorOptional(in[position]) : new TensorOptional();
    }

    /** The batch folded into the groups: how PyTorch's users apply a kernel to each example. */
    private static Tensor foldBatch(Call call, Tensor image, Tensor kernels, TensorOptional bias, long groups) {
        long n = image.size(0);
        Tensor y = convolve(
                call, image.reshape(1, n * image.size(1), image.size(2), image.size(3)), kernels, bias, groups);
        return y.reshape(n, y.size(1) / n, y.size(2), y.size(3));
    }

    private static Tensor convolve(Call call, Tensor image, Tensor kernels, TensorOptional bias, long groups) {
        long[] zeros = call.numbers("padding");
        boolean even = zeros[0] == zeros[1] && zeros[2] == zeros[3];
        return torch.conv2d(
                even ? image : framed(image, zeros),
                kernels,
                bias,
                call.numbers("stride"),
                even ? new long[] {zeros[0], zeros[2]} : pair(0),
                call.numbers("dilation"),
                groups);
    }

    private static Tensor framed(Tensor image, long[] zeros) {
        return torch.constant_pad_nd(image, new long[] {zeros[2], zeros[3], zeros[0], zeros[1]}, new Scalar(0.0));
    }

    private static long[] pair(long number) {
        return new long[] {number, number};
    }
}
