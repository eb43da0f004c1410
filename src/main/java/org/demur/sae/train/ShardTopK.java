package org.demur.sae.train;

/** What keeps the k times B largest positive pre-activations of the B rows that a shard gives to a minibatch. */
sealed interface ShardTopK extends Architecture permits BatchTopK, Matryoshka {
    /** Mean entries a row. */
    double k();

    /** What is compared. */
    TopK.Ranking ranking();

    @Override
    default boolean usesNorms() {
        return ranksByNorm();
    }

    @Override
    default boolean ranksByNorm() {
        return ranking() == TopK.Ranking.TIMES_DECODER_NORM;
    }

    @Override
    default boolean settles() {
        return true;
    }

    @Override
    default boolean usesBound() {
        return true;
    }

    @Override
    default boolean settle(ShardSelection selection) {
        return selection.keepLargest((long) (k() * selection.rows()));
    }

    @Override
    default Coder coder(CoderScope scope) {
        return new CandidateCoder(scope.features());
    }
}
