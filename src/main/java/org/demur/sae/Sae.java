package org.demur.sae;

import java.nio.file.Path;
import java.util.Map;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.sae.format.NativeFolder;

/**
 * A dictionary ready for use, in raw residual units: every constant scaling of inputs is folded into the weights.
 *
 * <pre>h = W_enc (x - b_dec) + b_enc,   f = activation(h),   x' = W_dec^T f + b_dec</pre>
 *
 * <p>{@link SaeInput} says whether b_dec is subtracted and whether rows are rescaled one by one before; a transcoder has another
 * output width or a skip connection.
 *
 * <p>Legend: {@code F} features, {@code D} input width, {@code O} output width, {@code B} rows, {@code M} features of a slice.
 */
public final class Sae {
    private final SaeFacts facts;
    private final SaeWeights weights;

    /**
     * A dictionary of weights that are shared, not copied.
     *
     * @throws IllegalArgumentException if facts and weights do not fit
     */
    public Sae(SaeFacts facts, SaeWeights weights) {
        facts.activation().check(weights.features());
        boolean isPlain = facts.input().norm() instanceof InputNorm.None;
        if (weights.outputWidth() != weights.width() && (facts.input().isCentred() || !isPlain)) {
            throw new IllegalArgumentException("A decoder bias of width " + weights.outputWidth()
                    + " cannot be subtracted from inputs of width " + weights.width());
        }
        if (weights.hasSkip() && !isPlain) {
            throw new IllegalArgumentException("A skip connection excludes rescaled rows");
        }
        this.facts = facts;
        this.weights = weights;
    }

    /** A dictionary without a skip connection. */
    public Sae(SaeFacts facts, float[] w_enc_FD, float[] b_enc_F, float[] w_dec_FD, float[] b_dec_D) {
        this(facts, new SaeWeights(w_enc_FD, b_enc_F, w_dec_FD, b_dec_D));
    }

    /** Reads the folder of one layer; a damaged or foreign one is refused with MISMATCH. */
    public static Sae read(Path folder) {
        return NativeFolder.read(folder);
    }

    /** What was written about the origin of the dictionary in a folder. */
    public static Map<String, String> provenance(Path folder) {
        return NativeFolder.provenance(folder);
    }

    /** Writes {@code sae_weights.safetensors} and {@code cfg.json}, the layout of SAELens 6, into an existing folder. */
    public void write(Path folder, Map<String, String> provenance) {
        NativeFolder.write(this, folder, provenance);
    }

    /** Codes of {@code rows} rows in plain Java; for many rows use {@link #encoder} with a native product. */
    public FeatureCodes encode(float[] x_BD, int rows) {
        try (SaeEncoder encoder = new SaeEncoder(this, LaneProduct::new)) {
            return encoder.encode(x_BD, rows);
        }
    }

    /** An encoder that keeps its matrix product over many calls. */
    public SaeEncoder encoder(MatrixProduct.Factory products) {
        return new SaeEncoder(this, products);
    }

    /** Overwrites {@code xHat_BO} with the reconstructions of the rows {@code x_BD} that {@code codes} were made from. */
    public void decode(FeatureCodes codes, float[] x_BD, float[] xHat_BO) {
        int o = weights.outputWidth();
        for (int row = 0; row < codes.rows(); row++) {
            System.arraycopy(b_dec_D(), 0, xHat_BO, row * o, o);
            var sum = new RowKernels.RowSum(xHat_BO, row * o, weights.w_dec_FO(), o);
            RowKernels.gather(sum, codes.indices(), codes.values(), codes.starts_B1()[row], codes.starts_B1()[row + 1]);
        }
        if (!(facts.input().norm() instanceof InputNorm.None)) {
            rescale(codes.rows(), x_BD, xHat_BO);
        }
        if (weights.hasSkip()) {
            skip(codes.rows(), x_BD, xHat_BO);
        }
    }

    private void rescale(int rows, float[] x_BD, float[] xHat_BD) {
        for (int at = 0; at < rows * d(); at += d()) {
            InputNorm.RowScale scale = facts.input().norm().of(x_BD, at, d());
            for (int i = at; i < at + d(); i++) {
                xHat_BD[i] = xHat_BD[i] * scale.out() + scale.offset();
            }
        }
    }

    private void skip(int rows, float[] x_BD, float[] xHat_BO) {
        int o = weights.outputWidth();
        float[] lanes = new float[RowKernels.LANES];
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < o; c++) {
                xHat_BO[row * o + c] += RowKernels.dot(weights.w_skip_OD(), c * d(), x_BD, row * d(), d(), lanes);
            }
        }
    }

    /**
     * The columns that an edit of these features needs, in threshold form.
     *
     * @throws org.demur.JobException if the dictionary has none
     */
    public FeatureSlice slice(int[] features_M) {
        return new ThresholdForm(this).slice(features_M);
    }

    /**
     * The same with features that fire exactly as when all are encoded: TopK and GroupMax bring the whole encoder.
     *
     * @throws org.demur.JobException if single features of the dictionary cannot be edited
     */
    public FeatureSlice exactSlice(int[] features_M) {
        return new ThresholdForm(this).exact(features_M);
    }

    /** Whether it predicts something else than its input. */
    public boolean isTranscoder() {
        return facts.target() == SaeFacts.Target.OTHER || weights.outputWidth() != weights.width() || weights.hasSkip();
    }

    /** What the dictionary is. */
    public SaeFacts facts() {
        return facts;
    }

    /** Its arrays. */
    public SaeWeights weights() {
        return weights;
    }

    /** Point that it reads. */
    public HookPoint at() {
        return facts.at();
    }

    /** Block of that point. */
    public int layer() {
        return facts.at().layer();
    }

    /** Input width. */
    public int d() {
        return weights.width();
    }

    /** Number of features. */
    public int F() {
        return weights.features();
    }

    /** Encoder rows [F, D], shared. */
    public float[] w_enc_FD() {
        return weights.w_enc_FD();
    }

    /** Encoder bias [F], shared. */
    public float[] b_enc_F() {
        return weights.b_enc_F();
    }

    /** Decoder rows [F, D], of the output width for transcoders; shared. */
    public float[] w_dec_FD() {
        return weights.w_dec_FO();
    }

    /** Decoder bias [D], of the output width for transcoders; shared. */
    public float[] b_dec_D() {
        return weights.b_dec_O();
    }
}
