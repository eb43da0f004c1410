package org.demur.sae;

import java.nio.FloatBuffer;

/**
 * The one height that as many pre-activations exceed, over a sample of rows, as a ranking dictionary selects: edits treat each
 * feature on its own, so they need it in place of the ranking.
 *
 * <p>Legend: {@code N} sampled rows, {@code D} width, {@code F} features, {@code R} rows of a chunk.
 */
public final class ThresholdFit {
    private final Sae sae;
    private final float[] x_ND;
    private final float[] h_F;

    private ThresholdFit(Sae sae, float[] x_ND) {
        this.sae = sae;
        this.x_ND = x_ND;
        this.h_F = new float[sae.F()];
    }

    /** The dictionary with a measured threshold, if it ranks features and has none; else the dictionary itself. */
    public static Sae measured(Sae sae, float[] x_ND, MatrixProduct.Factory products) {
        Activation activation = sae.facts().activation();
        ThresholdFit fit = new ThresholdFit(sae, x_ND);
        if (activation instanceof Activation.TopK topK && Float.isNaN(topK.threshold())) {
            Activation known = new Activation.TopK(topK.k(), topK.sign(), fit.threshold(products));
            return new Sae(sae.facts().with(known), sae.weights());
        }
        if (activation instanceof Activation.GroupMax groupMax && Float.isNaN(groupMax.threshold())) {
            Activation known = new Activation.GroupMax(groupMax.groups(), fit.threshold(products));
            return new Sae(sae.facts().with(known), sae.weights());
        }
        return sae;
    }

    /** 0 if no more are positive at all than the dictionary selects. */
    private float threshold(MatrixProduct.Factory products) {
        try (SaeEncoder encoder = sae.encoder(products)) {
            int rows = x_ND.length / sae.d();
            long wanted = encoder.encode(x_ND, rows).active();
            return OrderStatistic.exceededBy(wanted, half -> counts(encoder, half));
        }
    }

    /** How often each upper half of bits occurs among positive pre-activations, or each lower half within {@code bucket}. */
    private long[] counts(SaeEncoder encoder, int bucket) {
        long[] counts = new long[OrderStatistic.HALF];
        encoder.products(x_ND, x_ND.length / sae.d(), (product_RF, at) -> count(product_RF, at, bucket, counts));
        return counts;
    }

    private void count(FloatBuffer product_RF, int at, int bucket, long[] counts) {
        product_RF.get(at, h_F);
        for (int j = 0; j < h_F.length; j++) {
            int bits = Float.floatToRawIntBits(h_F[j] + sae.b_enc_F()[j]);
            if (bits > 0 && bucket == OrderStatistic.EVERY) {
                counts[bits >>> 16]++;
            } else if (bits > 0 && bits >>> 16 == bucket) {
                counts[bits & OrderStatistic.HALF - 1]++;
            }
        }
    }
}
