package org.demur.sae.train;

/**
 * The k times B largest positive pre-activations of the B rows that a shard gives to a minibatch (Bussmann et al. 2024). The
 * selection is made shard by shard: it depends on the number of shards of the job file and on nothing else.
 *
 * @param k mean entries a row
 * @param ranking what is compared
 */
public record BatchTopK(double k, TopK.Ranking ranking) implements Architecture {
    @Override
    public String label() {
        return "batchtopk";
    }

    @Override
    public boolean usesNorms() {
        return ranksByNorm();
    }

    @Override
    public boolean ranksByNorm() {
        return ranking == TopK.Ranking.TIMES_DECODER_NORM;
    }

    @Override
    public boolean settles() {
        return true;
    }

    @Override
    public boolean usesBound() {
        return true;
    }

    @Override
    public boolean settle(ShardSelection selection) {
        return selection.keepLargest((long) (k * selection.rows()));
    }

    @Override
    public Coder coder(CoderScope scope) {
        return new CandidateCoder(scope.features());
    }
}
