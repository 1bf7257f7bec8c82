package io.github.dl4jcondconv.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Cuts a layer's flat view into its {@link Parameter}s. DL4J's own SameDiffParamInitializer knows weights and biases
 * only; here gamma, beta and running statistics are parameters that no regularisation or constraint finds.
 */
final class BlockParamInitializer implements ParamInitializer {
    static final BlockParamInitializer INSTANCE = new BlockParamInitializer();

    private BlockParamInitializer() {}

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return parameters(layer).stream().mapToLong(Parameter::length).sum();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return parameters(layer).stream().map(Parameter::name).toList();
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return keys(layer, ParamKind.WEIGHT);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return keys(layer, ParamKind.BIAS);
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return weightKeys(layer).contains(key);
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return biasKeys(layer).contains(key);
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration conf, INDArray view, boolean initializeParams) {
        SameDiffBlock block = (SameDiffBlock) conf.getLayer();
        Map<String, INDArray> table = views(block, view);
        if (initializeParams) {
            block.initializeParameters(table);
        }
        table.keySet().forEach(conf::addVariable);
        return table;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration conf, INDArray gradientView) {
        return views((SameDiffBlock) conf.getLayer(), gradientView);
    }

    private static Map<String, INDArray> views(SameDiffBlock block, INDArray view) {
        Map<String, INDArray> table = new LinkedHashMap<>();
        if (view == null) {
            // DL4J's way to say that a layer has no parameters
            return table;
        }
        INDArray flat = view.reshape(view.length());
        long from = 0;
        for (Parameter p : block.parameters()) {
            INDArray part = flat.get(NDArrayIndex.interval(from, from + p.length()));
            table.put(p.name(), part.reshape('c', p.shape()));
            from += p.length();
        }
        return table;
    }

    private static List<String> keys(Layer layer, ParamKind kind) {
        return parameters(layer).stream()
                .filter(p -> p.kind() == kind)
                .map(Parameter::name)
                .toList();
    }

    private static List<Parameter> parameters(Layer layer) {
        return ((SameDiffBlock) layer).parameters();
    }
}
