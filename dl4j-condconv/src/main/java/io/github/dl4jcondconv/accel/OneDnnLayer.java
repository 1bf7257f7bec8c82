package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer of DL4J's that leaves its passes to an operator. It keeps the rest: parameters, input, listeners, and the passes
 * that the operator does not cover.
 */
final class OneDnnLayer extends BaseWrapperLayer {
    private static final long serialVersionUID = 1;

    private final transient Placement placement;
    private final transient ImageOperator operator;
    private final transient boolean padded;
    private transient Map<String, INDArray> gradientViews;
    private transient boolean computed;
    private transient boolean trained;
    private transient boolean insidePass;

    /** @param padded whether what it reads is the output of a {@link OneDnnZeroPadding} */
    OneDnnLayer(Layer stock, Placement placement, boolean padded, ImageOperator operator) {
        super(stock);
        this.placement = placement;
        this.padded = padded;
        this.operator = operator;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        placement.checkPass(training);
        computed = OneDnn.isAvailable() && input() != null && operator.accepts(input());
        if (!computed) {
            return super.activate(training, workspaces);
        }
        trained = training;
        insidePass = Placement.staysInside(workspaces, getListeners());
        return operator.activate(
                input(),
                training,
                workspaces,
                insidePass && placement.blocked(),
                insidePass && !placement.changedLater());
    }

    @Override
    public INDArray activate(INDArray input, boolean training, LayerWorkspaceMgr workspaces) {
        setInput(input, workspaces);
        return activate(training, workspaces);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        if (!computed) {
            return super.backpropGradient(epsilon, workspaces);
        }
        if (!trained) {
            // A backward pass after one of inference, which keeps nothing
            operator.activate(input(), true, LayerWorkspaceMgr.noWorkspaces(), false, false);
        }
        boolean wanted = padded || !(placement.first() && insidePass);
        Map<String, INDArray> views = gradientViews();
        INDArray next = operator.backprop(input(), epsilon, views, workspaces, wanted);
        Gradient gradient = new DefaultGradient();
        views.forEach((name, view) -> gradient.setGradientFor(name, view, 'c'));
        return new Pair<>(gradient, next);
    }

    private Map<String, INDArray> gradientViews() {
        if (gradientViews == null) {
            gradientViews = conf().getLayer().initializer().getGradientsFromFlattened(conf(), getGradientsViewArray());
        }
        return gradientViews;
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray gradients) {
        super.setBackpropGradientsViewArray(gradients);
        gradientViews = null;
    }

    @Override
    public void clear() {
        super.clear();
        operator.clear();
    }
}
