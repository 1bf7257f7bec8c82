package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's step on a few numbers that no rule changes, such as running statistics: p' = p - g. In Java: a network has many
 * such pieces, so short that ND4J's operations take longer to call than to run.
 *
 * @param params FLOAT, as all vectors
 * @param gradients of the same length
 * @param from the tile's first number
 */
record PlainTile(INDArray params, INDArray gradients, long from, int size) implements FusedUpdate.Tile {
    @Override
    public void apply(int batchSize, int iteration, int epoch) {
        float[] p = new float[size];
        float[] g = new float[size];
        Floats.read(params, from, p, size);
        Floats.read(gradients, from, g, size);
        for (int i = 0; i < size; i++) {
            p[i] -= g[i];
        }
        Floats.write(p, size, params, from);
    }
}
