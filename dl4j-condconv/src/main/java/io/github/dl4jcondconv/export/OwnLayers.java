package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.SamplingMask;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.StridedChannels;
import io.github.dl4jcondconv.layers.WeightNetConv2D;

/** Writers of this library's layers. */
final class OwnLayers {
    private OwnLayers() {}

    static void addTo(WriterTable table) {
        table.add(AsymmetricConvBlock.class, FilterWriter.ofOwn(AsymmetricConvBlockWriter::write));
        table.add(CondConv2D.class, FilterWriter.ofOwn(CondConvWriters::condConv));
        table.add(DepthwiseCondConv2D.class, FilterWriter.ofOwn(CondConvWriters::depthwise));
        table.add(WeightNetConv2D.class, FilterWriter.ofOwn(WeightNetWriters::weightNet));
        table.add(DepthwiseWeightNetConv2D.class, FilterWriter.ofOwn(WeightNetWriters::depthwise));
        table.add(SamplingMask.class, FilterWriter.ofOwn(SamplingWriter::samplingMask));
        table.add(SampledConv2D.class, FilterWriter.ofOwn(SampledWriters::sampledConv));
        table.add(MaskedConv2D.class, FilterWriter.ofMasked(SampledWriters::maskedConv));
        table.add(CondDense.class, new CondDenseWriter());
        table.add(Router.class, new RoutingWriter());
        table.addOnImages(
                KernelContext.class,
                ChannelWriters::kernelContext,
                KernelContext::getNIn,
                KernelContext::getDataFormat);
        table.addOnImages(
                SqueezeExcitation.class,
                ChannelWriters::squeezeExcitation,
                SqueezeExcitation::getNIn,
                SqueezeExcitation::getDataFormat);
        table.addOnImages(
                StridedChannels.class,
                ChannelWriters::stridedChannels,
                StridedChannels::getNIn,
                StridedChannels::getDataFormat);
        table.add(Interpolation.class, new InterpolationWriter());
    }
}
