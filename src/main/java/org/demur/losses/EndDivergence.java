package org.demur.losses;

import org.demur.engine.LanguageModel;

/** Divergences of next-token distributions, from the model's last residual streams. */
public final class EndDivergence {
    /** The logits of a few positions at a time: a vocabulary is far wider than the stream. */
    private static final int LOGIT_ROWS = 16;

    private EndDivergence() {}

    /**
     * Sum over positions of KL(p || q), nats.
     *
     * @param p_TD last residual stream of a text, row-major
     * @param q_TD the same of the text under a change
     */
    public static double sum(LanguageModel model, float[] p_TD, float[] q_TD, int[] positions) {
        double sum = 0;
        for (int from = 0; from < positions.length; from += LOGIT_ROWS) {
            int to = Math.min(positions.length, from + LOGIT_ROWS);
            float[][] p_RV = logits(model, p_TD, positions, from, to);
            float[][] q_RV = logits(model, q_TD, positions, from, to);
            for (int row = 0; row < p_RV.length; row++) {
                sum += Divergence.of(p_RV[row], q_RV[row]);
            }
        }
        return sum;
    }

    private static float[][] logits(LanguageModel model, float[] end_TD, int[] positions, int from, int to) {
        int d = model.config().dModel();
        float[] rows_RD = new float[(to - from) * d];
        for (int i = from; i < to; i++) {
            System.arraycopy(end_TD, positions[i] * d, rows_RD, (i - from) * d, d);
        }
        return model.logitLens(rows_RD);
    }
}
