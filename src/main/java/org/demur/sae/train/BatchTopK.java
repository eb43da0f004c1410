package org.demur.sae.train;

/**
 * The k times B largest positive pre-activations of the B rows that a shard gives to a minibatch (Bussmann et al. 2024). The
 * selection is made shard by shard: it depends on the number of shards of the job file and on nothing else.
 *
 * @param k mean entries a row
 * @param ranking what is compared
 */
public record BatchTopK(double k, TopK.Ranking ranking) implements ShardTopK {
    @Override
    public String label() {
        return "batchtopk";
    }
}
