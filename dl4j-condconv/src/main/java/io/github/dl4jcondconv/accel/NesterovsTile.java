package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * DL4J's momentum and its step on a few parameters, in one pass over memory:
 *
 * <pre>
 * v' = mu v - rate g,  g' = mu v - (1 + mu) v',  p' = p - g'
 * </pre>
 *
 * rounded as ND4J's operations round. Every number is read and written once, where those take three passes.
 *
 * @param params FLOAT, as all vectors
 * @param gradients of the same length
 * @param v the state, of which the tile's part begins at {@code stateFrom}
 * @param from the tile's first number
 * @param size at most {@link #MOST}
 * @param divided whether the gradients are divided by the batch size
 */
record NesterovsTile(
        INDArray params,
        INDArray gradients,
        INDArray v,
        long from,
        long stateFrom,
        int size,
        boolean divided,
        Nesterovs config)
        implements FusedUpdate.Tile {
    /** What three such parts take fits into a processor's own cache. */
    static final int MOST = 1 << 14;

    private static final ThreadLocal<Part> PART = ThreadLocal.withInitial(Part::new);

    @Override
    public void apply(int batchSize, int iteration, int epoch) {
        Part part = PART.get();
        Floats.read(params, from, part.p, size);
        Floats.read(gradients, from, part.g, size);
        Floats.read(v, stateFrom, part.v, size);
        if (divided) {
            part.divide(batchSize, size);
        }
        part.update(
                (float) config.getLearningRate(iteration, epoch),
                (float) config.currentMomentum(iteration, epoch),
                size);
        Floats.write(part.p, size, params, from);
        Floats.write(part.g, size, gradients, from);
        Floats.write(part.v, size, v, stateFrom);
    }

    /** On Java's heap, where loops are vectorised. */
    private static final class Part {
        private final float[] p = new float[MOST];
        private final float[] g = new float[MOST];
        private final float[] v = new float[MOST];

        void divide(float batchSize, int size) {
            for (int i = 0; i < size; i++) {
                g[i] /= batchSize;
            }
        }

        void update(float rate, float mu, int size) {
            float[] params = p;
            float[] gradients = g;
            float[] state = v;
            float after = -mu - 1;
            for (int i = 0; i < size; i++) {
                float before = mu * state[i];
                float velocity = before - rate * gradients[i];
                float update = before + after * velocity;
                state[i] = velocity;
                gradients[i] = update;
                params[i] -= update;
            }
        }
    }
}
