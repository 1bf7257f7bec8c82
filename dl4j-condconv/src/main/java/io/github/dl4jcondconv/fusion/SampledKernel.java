package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.SampledConvBlock;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution that is wanted at some positions only. Elsewhere MaskedConv2D answers 0 and SampledConv2D what it finds
 * around, in both cases a multiple of the convolution's output: a factor of every channel passes, but not what is added.
 * That makes no difference for MaskedConv2D where nothing looks at the positions it leaves out.
 */
final class SampledKernel implements AffineHost {
    private static final SampledKernel INSTANCE = new SampledKernel();

    /** Exact classes: a subclass may compute anything. */
    static final Map<Class<?>, AffineHost> BY_CLASS =
            Map.of(MaskedConv2D.class, INSTANCE, SampledConv2D.class, INSTANCE);

    private SampledKernel() {}

    @Override
    public int outputs(NetworkDraft draft, String vertex) {
        return (int) ((SampledConvBlock) draft.layer(vertex)).getNOut();
    }

    @Override
    public Map<String, INDArray> then(NetworkDraft draft, String vertex, ChannelAffine map) {
        Map<String, INDArray> parameters = draft.parameters(vertex);
        KernelBias folded =
                KernelBias.of(parameters.get("W"), parameters.get("b")).then(map);
        parameters.put("W", folded.kernel(DataType.DOUBLE));
        if (parameters.containsKey("b") || !folded.hasNoBias()) {
            parameters.put("b", folded.bias(DataType.DOUBLE));
            ((SampledConvBlock) draft.layer(vertex)).setHasBias(true);
        }
        return parameters;
    }

    @Override
    public Optional<String> obstacle(Chain chain) {
        NetworkDraft draft = chain.draft();
        if (Affine.of(draft, chain.second(), outputs(draft, chain.first())).keepsZero()) {
            return Optional.empty();
        }
        if (draft.isA(SampledConv2D.class, chain.first())) {
            return Optional.of("what it adds cannot move before the interpolation in \"" + chain.first()
                    + "\", whose answer is 0 where no sampled position is near");
        }
        return LeftOutPositions.seenBy(draft, chain.second(), LeftOutPositions.mask(draft, chain.first()))
                .map(reader -> "what it adds at the positions that \"" + chain.first() + "\" leaves out is seen by \""
                        + reader + "\"");
    }
}
