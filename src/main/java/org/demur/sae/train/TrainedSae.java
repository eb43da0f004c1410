package org.demur.sae.train;

import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;

/** Published dictionaries out of training weights. */
public final class TrainedSae {
    private TrainedSae() {}

    /** Folds the factor {@code inputScale} of training inputs into copies of the training weights; h stays as it is. */
    public static Sae fold(TrainingWeights weights, float inputScale, SaeFacts facts) {
        float[] w_enc = weights.w_enc().flat();
        float[] w_dec = weights.w_dec().flat();
        float[] b_dec = weights.b_dec().clone();
        RowKernels.scale(w_enc, 0, inputScale, w_enc.length);
        RowKernels.scale(w_dec, 0, 1 / inputScale, w_dec.length);
        RowKernels.scale(b_dec, 0, 1 / inputScale, b_dec.length);
        return new Sae(facts, w_enc, weights.b_enc_F().clone(), w_dec, b_dec);
    }
}
