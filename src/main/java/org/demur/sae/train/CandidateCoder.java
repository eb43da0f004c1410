package org.demur.sae.train;

/**
 * Notes every pre-activation that can be among the largest of its shard: all above the bound of the shard's selection, which
 * the last step's result suggests. A bound that was too high shows in too few entries, and the rows are coded again without it.
 */
final class CandidateCoder implements Coder {
    private final float[] row_F;
    private final float[] ranks_F;
    private final int[] found;

    CandidateCoder(int features) {
        this.row_F = new float[features];
        this.ranks_F = new float[features];
        this.found = new int[features];
    }

    @Override
    public float[] row() {
        return row_F;
    }

    @Override
    public void code(CodeSets codes, StepFacts step) {
        float[] ranks = row_F;
        if (step.norms_F().length > 0) {
            ranks = ranks_F;
            for (int j = 0; j < ranks.length; j++) {
                ranks[j] = row_F[j] * step.norms_F()[j];
            }
        }
        ChunkCodes main = codes.main();
        int count = PreActivations.above(ranks, step.bound(), ranks.length, found);
        main.reserve(count);
        for (int i = 0; i < count; i++) {
            main.slopes()[main.count()] = ranks[found[i]];
            main.add(found[i], row_F[found[i]]);
        }
    }

    @Override
    public double differentiate(CodeSets codes, int row, StepFacts step, ShardSelection shard) {
        return 0;
    }
}
