package org.demur.sae.train;

import java.util.SplittableRandom;
import org.demur.sae.MatrixProduct;
import org.demur.sae.RowKernels;

/**
 * The weights of a TopK dictionary in training, in the scaled space (inputs of mean norm sqrt(d)), with the encoder
 * mirrored into a {@link MatrixProduct}.
 *
 * <p>Legend: {@code F} features, {@code D} model width.
 */
public final class TrainingWeights implements AutoCloseable {
    private final int features;
    private final int width;
    private final float[] w_enc_FD;
    private final float[] b_enc_F;
    private final float[] w_dec_FD;
    private final float[] b_dec_D;
    private final MatrixProduct encoder;

    /** Zero weights of a shape. */
    public TrainingWeights(int features, int width, MatrixProduct.Factory products) {
        this.features = features;
        this.width = width;
        this.w_enc_FD = new float[Math.multiplyExact(features, width)];
        this.b_enc_F = new float[features];
        this.w_dec_FD = new float[features * width];
        this.b_dec_D = new float[width];
        this.encoder = products.open(features, width);
    }

    /**
     * Tied start: decoder rows uniform on a cube and scaled to norm 1, encoder rows equal to them, encoder bias 0, decoder
     * bias {@code centre_D} (the median of the scaled inputs), as in Gao et al. 2024, appendix A.1. Each row depends on
     * the seed and its own number only.
     */
    public void initialise(long seed, float[] centre_D) {
        float[] lanes = new float[RowKernels.LANES];
        for (int j = 0; j < features; j++) {
            SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (j + 1));
            int at = j * width;
            for (int c = 0; c < width; c++) {
                w_dec_FD[at + c] = (float) (2 * random.nextDouble() - 1);
            }
            RowKernels.normalise(w_dec_FD, at, width, lanes);
            System.arraycopy(w_dec_FD, at, w_enc_FD, at, width);
        }
        System.arraycopy(centre_D, 0, b_dec_D, 0, width);
        mirror(0, features);
    }

    /** Copies encoder rows {@code from..to-1} to the matrix product. */
    public void mirror(int from, int to) {
        for (int j = from; j < to; j++) {
            encoder.put(j, w_enc_FD, j * width);
        }
    }

    /** Number of features F. */
    public int features() {
        return features;
    }

    /** Model width D. */
    public int width() {
        return width;
    }

    /** Encoder rows [F, D]. */
    public float[] w_enc_FD() {
        return w_enc_FD;
    }

    /** Encoder bias [F]. */
    public float[] b_enc_F() {
        return b_enc_F;
    }

    /** Decoder rows [F, D], of norm 1. */
    public float[] w_dec_FD() {
        return w_dec_FD;
    }

    /** Decoder bias [D], subtracted from the input as well. */
    public float[] b_dec_D() {
        return b_dec_D;
    }

    /** The product with the mirrored encoder. */
    public MatrixProduct encoder() {
        return encoder;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
