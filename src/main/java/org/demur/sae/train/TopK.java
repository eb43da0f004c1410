package org.demur.sae.train;

import org.demur.sae.TopKSelection;

/**
 * The k largest pre-activations of every row, negative ones silenced (Gao et al. 2024, eq. 1-4).
 *
 * @param k entries a row
 * @param ranking what is compared
 * @param second a further reconstruction from more latents (Gao et al. 2024, section 5.3), if any
 */
public record TopK(int k, Ranking ranking, MultiTopK second) implements Architecture {
    /** What the selection compares. */
    public enum Ranking {
        /** Pre-activations. */
        PRE_ACTIVATION,
        /** Pre-activations times the norm of the decoder row, which makes the result independent of how norms are split. */
        TIMES_DECODER_NORM
    }

    /**
     * A further reconstruction.
     *
     * @param k its latents a row; 0 for none
     * @param weight of its squared error
     * @param movesEncoder whether its gradient reaches the encoder; in the library sparsify it does not
     */
    public record MultiTopK(int k, double weight, boolean movesEncoder) implements java.io.Serializable {
        /** None. */
        public static MultiTopK none() {
            return new MultiTopK(0, 0, false);
        }
    }

    /** The plain architecture. */
    public static TopK of(int k) {
        return new TopK(k, Ranking.PRE_ACTIVATION, MultiTopK.none());
    }

    @Override
    public String label() {
        return "topk";
    }

    @Override
    public boolean usesNorms() {
        return ranksByNorm();
    }

    @Override
    public boolean ranksByNorm() {
        return ranking == Ranking.TIMES_DECODER_NORM;
    }

    @Override
    public boolean hasSecond() {
        return second.k() > 0;
    }

    @Override
    public boolean secondMovesEncoder() {
        return second.movesEncoder();
    }

    @Override
    public double secondWeight() {
        return second.weight();
    }

    @Override
    public Coder coder(CoderScope scope) {
        return new TopKCoder(this, scope.features());
    }

    private static final class TopKCoder implements Coder {
        private final TopK kind;
        private final int features;
        private final TopKSelection selection;
        private final float[] plain_F;
        private final TopKSelection larger;

        TopKCoder(TopK kind, int features) {
            this.kind = kind;
            this.features = features;
            this.selection = new TopKSelection(features, kind.k());
            this.plain_F = kind.usesNorms() ? new float[features] : new float[0];
            this.larger = new TopKSelection(
                    features, Math.max(1, Math.min(features, kind.second().k())));
        }

        @Override
        public float[] row() {
            return plain_F.length > 0 ? plain_F : selection.row();
        }

        @Override
        public void code(CodeSets codes, StepFacts step) {
            if (kind.usesNorms()) {
                for (int j = 0; j < features; j++) {
                    selection.row()[j] = plain_F[j] * step.norms_F()[j];
                }
            }
            if (kind.hasSecond()) {
                System.arraycopy(row(), 0, larger.row(), 0, features);
                take(larger, larger.k(), codes.second());
            }
            take(selection, kind.k(), codes.main());
        }

        private void take(TopKSelection from, int k, ChunkCodes codes) {
            codes.reserve(k);
            int at = codes.count();
            from.select(codes.features(), codes.values(), at);
            for (int i = at; i < at + k && plain_F.length > 0; i++) {
                codes.values()[i] = Math.max(0, plain_F[codes.features()[i]]);
            }
            codes.keepPositive(k);
        }

        @Override
        public double differentiate(CodeSets codes, int row, StepFacts step, ShardSelection shard) {
            return 0;
        }
    }
}
