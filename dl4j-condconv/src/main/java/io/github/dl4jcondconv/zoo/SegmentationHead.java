package io.github.dl4jcondconv.zoo;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Scores at three scales, added from the coarsest to the finest. */
final class SegmentationHead extends Head {
    /** How many of the backbone's last stages have scores, and the reduction of the finest of them. */
    private static final int SCALES = 3;

    private static final int FINEST = 8;

    @Override
    void write(Blueprint net, List<Features> stages, int classes) {
        Features scores = null;
        for (int i = 1; i <= SCALES; i++) {
            Features stage = stages.get(stages.size() - i);
            String name = "head.score" + i;
            Features own = new FixedKernels()
                    .conv(net, name, stage, Conv.of(classes, 1).withHasBias(true));
            scores = scores == null ? own : net.add(name + ".add", own, enlarged(net, name + ".up", scores, 2));
        }
        CnnLossLayer loss = new CnnLossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
        net.graph()
                .addLayer("loss", loss, enlarged(net, "head.up", scores, FINEST).vertex())
                .setOutputs("loss");
    }

    private static Features enlarged(Blueprint net, String name, Features x, int factor) {
        net.graph().addLayer(name, new Upsampling2D.Builder(factor).build(), x.vertex());
        return new Features(name, x.channels());
    }
}
