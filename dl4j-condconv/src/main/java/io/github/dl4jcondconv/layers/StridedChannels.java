package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Every s-th channel of an image. The s layers with stride s and the offsets 0 to s-1 together are a channel shuffle and
 * the split after it: with s = 2 that of ShuffleNetV2 (Ma et al., "ShuffleNet V2", ECCV 2018, section 3.2) in the form of
 * its authors' code, which the block's two branches read.
 *
 * <pre>
 * y_n,i = x_n,(s i + offset)          [N, nIn / s, H, W]
 * </pre>
 *
 * Input: an image [N, nIn, H, W] (or NHWC) whose number of channels is a multiple of the stride. No parameters.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class StridedChannels extends ImageBlock {
    private static final long serialVersionUID = 1;

    private int channelStride;
    private int offset;

    private StridedChannels(Builder builder) {
        super(builder);
        channelStride = builder.channelStride;
        offset = builder.offset;
        if (getActivationFn() == null) {
            setActivationFn(new ActivationIdentity());
        }
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(channelStride >= 1, "channelStride", channelStride, "at least 1");
        require(offset >= 0 && offset < channelStride, "offset", offset, "0 to " + (channelStride - 1));
        checkChannels();
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        checkChannels();
    }

    private void checkChannels() {
        require(getNIn() % channelStride == 0, "nIn", getNIn(), "a multiple of channelStride = " + channelStride);
    }

    @Override
    protected void defineParameters(Parameters p) {
        // none
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        int others = 0b1101;
        SDVariable selected = graph.sameDiff()
                .stridedSlice(
                        toNCHW(graph.input()),
                        new long[] {0, offset, 0, 0},
                        new long[] {0, getNIn(), 0, 0},
                        new long[] {1, channelStride, 1, 1},
                        others,
                        others,
                        0,
                        0,
                        0);
        return fromNCHW(selected);
    }

    @Override
    public long multiplyAdds(InputType input) {
        return 0;
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        InputTypeConvolutional in = image(inputType);
        return InputType.convolutional(in.getHeight(), in.getWidth(), in.getChannels() / channelStride, in.getFormat());
    }

    /** Builds a {@link StridedChannels}. Its activation is the identity, whatever the network's. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends ImageBlock.Builder<Builder> {
        private int channelStride = 2;
        private int offset;

        /** Distance s of the channels that are kept, at least 1; default 2. */
        public Builder channelStride(int stride) {
            channelStride = stride;
            return this;
        }

        /** The first channel that is kept, from 0, below the stride; default 0. */
        public Builder offset(int first) {
            offset = first;
            return this;
        }

        @Override
        public StridedChannels build() {
            return new StridedChannels(this);
        }
    }
}
