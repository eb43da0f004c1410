package org.demur.sae.train;

import java.util.List;

/**
 * Gated dictionaries (Rajamanoharan et al. 2024a): with {@code pi = W_enc x + b_gate} and {@code m = exp(r_mag) * (W_enc x) + b_mag},
 * {@code f = 1[pi > 0] ReLU(m)}; the loss adds {@code coefficient * mean_t sum_j ReLU(pi_j) w_j} and the squared error of the
 * reconstruction from {@code ReLU(pi)}.
 *
 * @param coefficient of the penalty
 * @param normWeighted whether {@code w_j} is the norm of the decoder row (SAELens) or 1 (the paper, dictionary_learning)
 * @param decoderInGateLoss whether the gate's reconstruction moves the decoder (SAELens) or holds it fixed (the paper,
 *     dictionary_learning)
 */
public record Gated(double coefficient, boolean normWeighted, boolean decoderInGateLoss) implements Architecture {
    private static final int MAGNITUDE = 0;
    private static final int RESCALE = 1;
    private static final int NORM = 2;
    private static final int SUMS_BEFORE_EXTRAS = 3;

    @Override
    public String label() {
        return "gated";
    }

    @Override
    public List<String> scalars() {
        return List.of("b_gate", "b_mag", "r_mag");
    }

    @Override
    public int extras() {
        return normWeighted ? 3 : 2;
    }

    @Override
    public boolean hasSecond() {
        return true;
    }

    @Override
    public boolean secondMovesDecoder() {
        return decoderInGateLoss;
    }

    @Override
    public boolean usesNorms() {
        return normWeighted;
    }

    @Override
    public int normExtra() {
        return normWeighted ? NORM : -1;
    }

    @Override
    public Coder coder(CoderScope scope) {
        return new GatedCoder(this, scope);
    }

    @Override
    public void scalarGradients(float[] sums, float[] gradient, int at) {
        gradient[at] = sums[1];
        gradient[at + 1] = sums[SUMS_BEFORE_EXTRAS + MAGNITUDE];
        gradient[at + 2] = sums[SUMS_BEFORE_EXTRAS + RESCALE];
    }

    private static final class GatedCoder implements Coder {
        private final Gated kind;
        private final TrainingWeights weights;
        private final double perRow;
        private final float[] row_F;
        private final int[] found;

        GatedCoder(Gated kind, CoderScope scope) {
            this.kind = kind;
            this.weights = scope.weights();
            this.perRow = scope.loss().perSquare();
            this.row_F = new float[scope.features()];
            this.found = new int[scope.features()];
        }

        @Override
        public float[] row() {
            return row_F;
        }

        @Override
        public void code(CodeSets codes, StepFacts step) {
            int count = PreActivations.above(row_F, 0, row_F.length, found);
            codes.main().reserve(count);
            codes.second().reserve(count);
            for (int i = 0; i < count; i++) {
                int j = found[i];
                codes.main().add(j, Math.max(0, magnitude(j, row_F[j])));
                codes.second().add(j, row_F[j]);
            }
        }

        private float magnitude(int feature, float gate) {
            return (gate - weights.scalar(0)[feature]) * rescale(feature) + weights.scalar(1)[feature];
        }

        private float rescale(int feature) {
            return (float) StrictMath.exp(weights.scalar(2)[feature]);
        }

        @Override
        public double differentiate(CodeSets codes, int row, StepFacts step, ShardSelection shard) {
            ChunkCodes main = codes.main();
            ChunkCodes gate = codes.second();
            float weight = (float) (kind.coefficient() * step.sparsity() * perRow);
            double loss = 0;
            for (int i = main.start(row); i < main.start(row + 1); i++) {
                int j = main.features()[i];
                float pi = gate.values()[i];
                float toMagnitude = main.values()[i] > 0 ? main.slopes()[i] : 0;
                float rescale = rescale(j);
                main.slopes()[i] = toMagnitude * rescale;
                main.extras()[MAGNITUDE][i] = toMagnitude;
                main.extras()[RESCALE][i] = toMagnitude * rescale * (pi - weights.scalar(0)[j]);
                if (kind.normWeighted()) {
                    main.extras()[NORM][i] = weight * pi;
                }
                gate.slopes()[i] += weight * step.norm(j);
                loss += (double) weight * step.norm(j) * pi;
            }
            return loss;
        }
    }
}
