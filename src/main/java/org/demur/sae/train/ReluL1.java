package org.demur.sae.train;

/**
 * ReLU with an L1 penalty: {@code f = ReLU(h)}, loss {@code + coefficient * mean_t sum_j f_j w_j} with {@code w_j} either 1 (Bricken
 * et al. 2023, decoder rows of norm 1) or the norm of the decoder row (Conerly et al. 2024).
 *
 * @param coefficient of the penalty
 * @param normWeighted whether {@code w_j} is the norm of the decoder row
 */
public record ReluL1(double coefficient, boolean normWeighted) implements Architecture {
    @Override
    public String label() {
        return "standard";
    }

    @Override
    public int extras() {
        return normWeighted ? 1 : 0;
    }

    @Override
    public boolean usesNorms() {
        return normWeighted;
    }

    @Override
    public int normExtra() {
        return normWeighted ? 0 : -1;
    }

    @Override
    public Coder coder(CoderScope scope) {
        return new ReluCoder(this, scope);
    }

    private static final class ReluCoder implements Coder {
        private final ReluL1 kind;
        private final int features;
        private final double perRow;
        private final float[] row_F;
        private final int[] found;

        ReluCoder(ReluL1 kind, CoderScope scope) {
            this.kind = kind;
            this.features = scope.features();
            this.perRow = scope.loss().perSquare();
            this.row_F = new float[features];
            this.found = new int[features];
        }

        @Override
        public float[] row() {
            return row_F;
        }

        @Override
        public void code(CodeSets codes, StepFacts step) {
            int count = PreActivations.above(row_F, 0, features, found);
            codes.main().reserve(count);
            for (int i = 0; i < count; i++) {
                codes.main().add(found[i], row_F[found[i]]);
            }
        }

        @Override
        public double differentiate(CodeSets codes, int row, StepFacts step, ShardSelection shard) {
            ChunkCodes main = codes.main();
            float weight = (float) (kind.coefficient() * step.sparsity() * perRow);
            double loss = 0;
            for (int i = main.start(row); i < main.start(row + 1); i++) {
                float norm = step.norm(main.features()[i]);
                main.slopes()[i] += weight * norm;
                if (kind.normWeighted()) {
                    main.extras()[0][i] = weight * main.values()[i];
                }
                loss += (double) weight * norm * main.values()[i];
            }
            return loss;
        }
    }
}
