package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;

/** Writers of DL4J's graph vertices and preprocessors. */
final class GraphParts {
    private GraphParts() {}

    static void addTo(WriterTable table) {
        table.add(LayerVertex.class, new VertexWriters.Layer());
        table.add(MergeVertex.class, new VertexWriters.Merge());
        table.add(ElementWiseVertex.class, VertexWriters::elementWise);
        table.add(L2Vertex.class, VertexWriters::l2);
        table.add(StackVertex.class, VertexWriters::stack);
        table.addUnary(UnstackVertex.class, VertexWriters::unstack);
        table.addUnary(SubsetVertex.class, VertexWriters::subset);
        table.addUnary(ScaleVertex.class, VertexWriters::scale);
        table.addUnary(ShiftVertex.class, VertexWriters::shift);
        table.addUnary(L2NormalizeVertex.class, VertexWriters::l2Normalize);
        table.addUnary(ReshapeVertex.class, VertexWriters::reshape);
        table.addUnary(PoolHelperVertex.class, VertexWriters::poolHelper);
        table.addUnary(PreprocessorVertex.class, (vertex, x, scope) -> scope.write(vertex.getPreProcessor(), x));
        table.add(FrozenVertex.class, (vertex, inputs, scope) -> scope.write(vertex.getUnderlying(), inputs));
        table.add(CnnToFeedForwardPreProcessor.class, new PreProcessorWriters.CnnToFeedForward());
        table.add(FeedForwardToCnnPreProcessor.class, new PreProcessorWriters.FeedForwardToCnn());
        table.addUnary(ReshapePreprocessor.class, PreProcessorWriters::reshape);
        table.addUnary(PermutePreprocessor.class, PreProcessorWriters::permute);
        table.add(ComposableInputPreProcessor.class, new PreProcessorWriters.Composed());
        table.add(MultiInputVertex.class, new VertexWriters.Layer());
    }
}
