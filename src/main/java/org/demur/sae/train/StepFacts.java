package org.demur.sae.train;

/**
 * What holds for all rows of a step.
 *
 * @param dead dead latents, ascending
 * @param isDead the same as marks, [F]; empty if none is dead
 * @param norms_F norms of the decoder rows; empty if the architecture does not use them
 * @param sparsity share of the sparsity coefficient that is in force, from 0 to 1
 * @param bound what an entry must exceed at least to be among the largest of its shard, see {@link CandidateCoder}
 */
record StepFacts(int[] dead, boolean[] isDead, float[] norms_F, double sparsity, float bound) {
    /** The same with another bound. */
    StepFacts withBound(float other) {
        return new StepFacts(dead, isDead, norms_F, sparsity, other);
    }

    /** The norm of a decoder row; 1 where norms are not used. */
    float norm(int feature) {
        return norms_F.length == 0 ? 1 : norms_F[feature];
    }
}
