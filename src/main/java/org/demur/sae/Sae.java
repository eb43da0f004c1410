package org.demur.sae;

import java.nio.file.Path;
import java.util.Map;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;

/**
 * A trained TopK dictionary in raw residual units: the input scaling of training is folded into the weights.
 *
 * <pre>h = W_enc (x - b_dec) + b_enc,   f = ReLU(TopK(h)),   x' = W_dec^T f + b_dec</pre>
 *
 * <p>Decoder rows all have one norm, mean |x| / sqrt(D) of the training rows, because the scaling of the inputs is folded in.
 *
 * <p>Legend: {@code F} features, {@code D} model width, {@code B} rows, {@code M} features of a slice.
 */
public final class Sae {
    private final SaeFacts facts;
    private final float[] w_enc_FD;
    private final float[] b_enc_F;
    private final float[] w_dec_FD;
    private final float[] b_dec_D;

    /** A dictionary of weights that are shared, not copied; sizes follow from the biases. */
    public Sae(SaeFacts facts, float[] w_enc_FD, float[] b_enc_F, float[] w_dec_FD, float[] b_dec_D) {
        long expected = (long) b_enc_F.length * b_dec_D.length;
        if (w_enc_FD.length != expected || w_dec_FD.length != expected) {
            throw new IllegalArgumentException("Weights of " + w_enc_FD.length + " and " + w_dec_FD.length
                    + " elements do not fit " + b_enc_F.length + " features of width " + b_dec_D.length);
        }
        this.facts = facts;
        this.w_enc_FD = w_enc_FD;
        this.b_enc_F = b_enc_F;
        this.w_dec_FD = w_dec_FD;
        this.b_dec_D = b_dec_D;
    }

    /** Reads the folder of one layer; a damaged or foreign one is refused with MISMATCH. */
    public static Sae read(Path folder) {
        return SaeFolder.read(folder);
    }

    /** What was written about the origin of the dictionary in a folder. */
    public static Map<String, String> provenance(Path folder) {
        return SaeFolder.provenance(folder);
    }

    /** Writes {@code sae.safetensors} and {@code cfg.json} into an existing folder. */
    public void write(Path folder, Map<String, String> provenance) {
        SaeFolder.write(this, folder, provenance);
    }

    /** Codes of {@code rows} rows in plain Java; for many rows use {@link #encoder} with a native product. */
    public SparseCodes encode(float[] x_BD, int rows) {
        try (SaeEncoder encoder = new SaeEncoder(this, LaneProduct::new)) {
            return encoder.encode(x_BD, rows);
        }
    }

    /** An encoder that keeps its matrix product over many calls. */
    public SaeEncoder encoder(MatrixProduct.Factory products) {
        return new SaeEncoder(this, products);
    }

    /** Overwrites {@code xHat_BD} with the reconstructions. */
    public void decode(SparseCodes codes, float[] xHat_BD) {
        int d = d();
        for (int row = 0; row < codes.rows(); row++) {
            System.arraycopy(b_dec_D, 0, xHat_BD, row * d, d);
            var sum = new RowKernels.RowSum(xHat_BD, row * d, w_dec_FD, d);
            int at = row * codes.k();
            RowKernels.gather(sum, codes.indices_BK(), codes.values_BK(), at, at + codes.k());
        }
    }

    /** The columns that an edit of these features needs, in threshold form: b_enc already holds -W_enc b_dec. */
    public FeatureSlice slice(int[] features_M) {
        int d = d();
        float[] w_enc = new float[features_M.length * d];
        float[] b_enc = new float[features_M.length];
        float[] w_dec = new float[features_M.length * d];
        float[] threshold = new float[features_M.length];
        float[] lanes = new float[RowKernels.LANES];
        for (int m = 0; m < features_M.length; m++) {
            int j = features_M[m];
            System.arraycopy(w_enc_FD, j * d, w_enc, m * d, d);
            System.arraycopy(w_dec_FD, j * d, w_dec, m * d, d);
            b_enc[m] = b_enc_F[j] - RowKernels.dot(w_enc_FD, j * d, b_dec_D, 0, d, lanes);
            threshold[m] = facts.threshold();
        }
        return new FeatureSlice(facts.at(), features_M.clone(), w_enc, b_enc, threshold, w_dec);
    }

    /** What the dictionary is. */
    public SaeFacts facts() {
        return facts;
    }

    /** Point whose residual stream is read. */
    public HookPoint at() {
        return facts.at();
    }

    /** Block of that point. */
    public int layer() {
        return facts.at().layer();
    }

    /** Model width. */
    public int d() {
        return b_dec_D.length;
    }

    /** Number of features. */
    public int F() {
        return b_enc_F.length;
    }

    /** Latents a row. */
    public int k() {
        return facts.k();
    }

    /** Height that a pre-activation must exceed in threshold form; as many exceed it on average as top-k selects. */
    public float threshold() {
        return facts.threshold();
    }

    /** Encoder rows [F, D], shared. */
    public float[] w_enc_FD() {
        return w_enc_FD;
    }

    /** Encoder bias [F], shared. */
    public float[] b_enc_F() {
        return b_enc_F;
    }

    /** Decoder rows [F, D], shared. */
    public float[] w_dec_FD() {
        return w_dec_FD;
    }

    /** Decoder bias [D], shared. */
    public float[] b_dec_D() {
        return b_dec_D;
    }
}
