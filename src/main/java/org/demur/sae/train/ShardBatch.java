package org.demur.sae.train;

import org.demur.sae.SparseCodes;

/**
 * The tokens of one shard in one step and what the token-major pass leaves for the feature-major pass.
 *
 * <p>Legend: {@code B} rows of this shard in the step, {@code D} model width, {@code K} latents a row, {@code A} auxiliary
 * latents a row (0 while no latent is dead).
 */
public final class ShardBatch {
    private final int rows;
    private final int width;
    private final short[] bits_BD;
    private final float[] exact_BD;
    private final float[] x_BD;
    private final float[] slope_BD;
    private final SparseCodes codes;
    private final float[] slopes_BK;
    private final float[] slopeSum_D;
    private AuxiliaryCodes auxiliary;
    private double squaredError;
    private double auxiliaryLoss;

    /** An empty batch of a shape. */
    public ShardBatch(int rows, int width, int k) {
        this(rows, width, k, new float[0]);
    }

    private ShardBatch(int rows, int width, int k, float[] exact_BD) {
        this.exact_BD = exact_BD;
        this.rows = rows;
        this.width = width;
        this.bits_BD = new short[Math.multiplyExact(rows, width)];
        this.x_BD = new float[rows * width];
        this.slope_BD = new float[rows * width];
        this.codes = SparseCodes.of(rows, k);
        this.slopes_BK = new float[rows * k];
        this.slopeSum_D = new float[width];
        this.auxiliary = AuxiliaryCodes.none();
    }

    /** A batch of single-precision activations in place of stored ones, to compare with other implementations; never sent. */
    static ShardBatch exact(float[] exact_BD, int width, int k) {
        return new ShardBatch(exact_BD.length / width, width, k, exact_BD);
    }

    /** Computes {@code x = scale * bits - b_dec} for rows {@code from..to-1}. */
    public void centre(int from, int to, float scale, float[] b_dec_D) {
        for (int r = from; r < to; r++) {
            int at = r * width;
            for (int c = 0; c < width; c++) {
                float stored = exact_BD.length > 0 ? exact_BD[at + c] : Float.intBitsToFloat(bits_BD[at + c] << 16);
                x_BD[at + c] = Math.fma(stored, scale, -b_dec_D[c]);
            }
        }
    }

    /** Makes room for {@code perRow} auxiliary latents a row; 0 for none. */
    public void reserveAuxiliary(int perRow) {
        if (perRow == 0) {
            auxiliary = AuxiliaryCodes.none();
        } else if (auxiliary.codes().k() != perRow) {
            auxiliary = AuxiliaryCodes.of(rows, perRow, width);
        }
    }

    /** Records the sums over this shard: squared error of the main and normalised error of the auxiliary reconstruction. */
    public void record(double squared, double auxiliaryNormalised) {
        squaredError = squared;
        auxiliaryLoss = auxiliaryNormalised;
    }

    /** Rows B. */
    public int rows() {
        return rows;
    }

    /** Model width D. */
    public int width() {
        return width;
    }

    /** Stored activations [B, D], bfloat16 bits. */
    public short[] bits_BD() {
        return bits_BD;
    }

    /** Scaled inputs less the decoder bias [B, D]. */
    public float[] x_BD() {
        return x_BD;
    }

    /** Gradient of the loss with respect to the reconstruction [B, D]. */
    public float[] slope_BD() {
        return slope_BD;
    }

    /** Selected latents. */
    public SparseCodes codes() {
        return codes;
    }

    /** Gradient of the loss with respect to each selected pre-activation [B, K]. */
    public float[] slopes_BK() {
        return slopes_BK;
    }

    /** Sum of {@link #slope_BD} over rows [D]. */
    public float[] slopeSum_D() {
        return slopeSum_D;
    }

    /** Latents of the auxiliary loss. */
    public AuxiliaryCodes auxiliary() {
        return auxiliary;
    }

    /** Sum over rows of the squared reconstruction error, scaled space. */
    public double squaredError() {
        return squaredError;
    }

    /** Auxiliary loss of this shard, normalised by the variance of its residuals. */
    public double auxiliaryLoss() {
        return auxiliaryLoss;
    }

    /**
     * Dead latents' attempt at the residual.
     *
     * @param codes selected dead latents, [B, A]
     * @param slopes_BA gradient with respect to their pre-activations
     * @param slope_BD gradient with respect to the auxiliary reconstruction
     */
    public record AuxiliaryCodes(SparseCodes codes, float[] slopes_BA, float[] slope_BD) {
        static AuxiliaryCodes none() {
            return new AuxiliaryCodes(SparseCodes.of(0, 0), new float[0], new float[0]);
        }

        /** Zeroed codes of a shape. */
        public static AuxiliaryCodes of(int rows, int perRow, int width) {
            return new AuxiliaryCodes(SparseCodes.of(rows, perRow), new float[rows * perRow], new float[rows * width]);
        }

        /** Whether no latent is dead. */
        public boolean isEmpty() {
            return codes.k() == 0;
        }
    }
}
