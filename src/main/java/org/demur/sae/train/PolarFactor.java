package org.demur.sae.train;

import java.util.Arrays;
import org.demur.sae.MatrixProduct;
import org.demur.sae.WorkCrew;

/**
 * The square matrix P for which M P is about the polar factor of a tall matrix M, from its Gram matrix alone: the five Newton-Schulz
 * steps of Jordan et al. 2024 on X = M P, all of whose factors are polynomials of M^T M, so nothing of M's height is
 * multiplied until the end. Singular values end between about 0.7 and 1.2.
 *
 * <p>Legend: {@code D} columns of M.
 */
final class PolarFactor implements AutoCloseable {
    private static final int STEPS = 5;
    private static final float LINEAR = 3.4445f;
    private static final float CUBIC = -4.7750f;
    private static final float QUINTIC = 2.0315f;
    private static final int CHUNK_ROWS = 64;

    private final int width;
    private final WorkCrew crew;
    private final MatrixProduct product;
    private final MatrixProduct.Chunk[] chunks;

    PolarFactor(int width, MatrixProduct.Factory products, WorkCrew crew) {
        this.width = width;
        this.crew = crew;
        this.product = products.open(width, width);
        this.chunks = new MatrixProduct.Chunk[crew.threads()];
        Arrays.setAll(chunks, slot -> product.chunk(CHUNK_ROWS));
    }

    /** P for a Gram matrix [D, D] of that trace; 0 for one of trace 0. */
    float[] of(double[] gram_DD, double trace) {
        float[] p = new float[width * width];
        if (!(trace > 0)) {
            return p;
        }
        float[] a = new float[width * width];
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) (gram_DD[i] / trace);
        }
        addIdentity(p, (float) (1 / Math.sqrt(trace)));
        for (int step = 0; step < STEPS; step++) {
            float[] q = times(a, a);
            for (int i = 0; i < q.length; i++) {
                q[i] = QUINTIC * q[i] + CUBIC * a[i];
            }
            addIdentity(q, LINEAR);
            p = times(p, q);
            if (step + 1 < STEPS) {
                a = times(times(a, q), q);
            }
        }
        return p;
    }

    private void addIdentity(float[] matrix, float factor) {
        for (int i = 0; i < width; i++) {
            matrix[i * width + i] += factor;
        }
    }

    /** The product of two symmetric matrices. */
    private float[] times(float[] left, float[] right) {
        load(right);
        float[] result = new float[left.length];
        crew.run((width + CHUNK_ROWS - 1) / CHUNK_ROWS, (part, slot) -> {
            int from = part * CHUNK_ROWS;
            multiply(left, from * width, result, from * width, Math.min(CHUNK_ROWS, width - from), slot);
        });
        return result;
    }

    /** Makes a symmetric matrix the right factor of {@link #multiply}. */
    void load(float[] right_DD) {
        for (int i = 0; i < width; i++) {
            product.put(i, right_DD, i * width);
        }
    }

    private void multiply(float[] from, int at, float[] to, int toAt, int rows, int slot) {
        chunks[slot].x_RD().put(0, from, at, rows * width);
        chunks[slot].multiply(rows).get(0, to, toAt, rows * width);
    }

    /** Rows times the loaded matrix; for the thread of that slot. */
    void multiplyRows(float[] rows, int count, float[] to, int slot) {
        for (int from = 0; from < count; from += CHUNK_ROWS) {
            multiply(rows, from * width, to, from * width, Math.min(CHUNK_ROWS, count - from), slot);
        }
    }

    @Override
    public void close() {
        for (MatrixProduct.Chunk chunk : chunks) {
            chunk.close();
        }
        product.close();
    }
}
