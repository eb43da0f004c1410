package org.demur.sae.train;

import java.io.Serializable;
import java.util.List;

/**
 * What kind of dictionary is trained: how pre-activations {@code h = W_enc x + b} become feature values, and what the loss adds
 * to the reconstruction error. Every kind gives hand-written gradients of the entries that it names and of nothing else, so
 * that no dense matrix of features exists.
 */
public sealed interface Architecture extends Serializable permits ReluL1, Gated, TopK, JumpRelu, ShardTopK {
    /** Its name in job files and tables. */
    String label();

    /** Names of the numbers that every feature has beside its two rows; the first is added to the encoder's product. */
    default List<String> scalars() {
        return List.of("b_enc");
    }

    /** What an entry carries beside value and slope, see {@link ChunkCodes#extras}. */
    default int extras() {
        return 0;
    }

    /** Whether a second set of entries with its own reconstruction exists, see {@link CodeSets#second}. */
    default boolean hasSecond() {
        return false;
    }

    /** Whether the second reconstruction's loss moves the decoder and its bias. */
    default boolean secondMovesDecoder() {
        return true;
    }

    /** Whether the second reconstruction's loss moves the encoder. */
    default boolean secondMovesEncoder() {
        return true;
    }

    /** Weight of the second reconstruction's squared error. */
    default double secondWeight() {
        return 1;
    }

    /** Whether the decoder's row norms take part. */
    default boolean usesNorms() {
        return false;
    }

    /** The least value of a scalar. */
    default float least(int scalar) {
        return Float.NEGATIVE_INFINITY;
    }

    /** What {@link #settle} found to add to the sparsity loss of a shard, at a share of the coefficient in force. */
    default double shardLoss(ShardSelection selection, double force) {
        return 0;
    }

    /** Whether selections weigh pre-activations with the decoder's row norms. */
    default boolean ranksByNorm() {
        return false;
    }

    /** One past the last feature of every nested reconstruction, ascending; a single one of all features by default. */
    default int[] prefixes(int features) {
        return new int[] {features};
    }

    /** Weight of each nested reconstruction's squared error. */
    default double[] prefixWeights(int features) {
        return new double[] {1};
    }

    /** The work of one thread. */
    Coder coder(CoderScope scope);

    /** Whether {@link #settle} has to see all rows of a shard before they can be reconstructed. */
    default boolean settles() {
        return false;
    }

    /** Whether entries below a bound can be left out before {@link #settle}, see {@link CandidateCoder}. */
    default boolean usesBound() {
        return false;
    }

    /** The extra that holds an entry's gradient with respect to the norm of its decoder row; -1 if there is none. */
    default int normExtra() {
        return -1;
    }

    /**
     * Decides what depends on all rows of a shard; called once a shard and step, after {@link Coder#code} of all its rows.
     *
     * @return whether the entries suffice; otherwise the rows are coded again, with all entries
     */
    default boolean settle(ShardSelection selection) {
        return true;
    }

    /**
     * Gradients of the scalars of a feature out of the sums over its entries.
     *
     * @param sums of slopes of the main, second and auxiliary entries, then of the extras in order
     * @param gradient receives one number for each of {@link #scalars}, from {@code at}
     */
    default void scalarGradients(float[] sums, float[] gradient, int at) {
        gradient[at] = sums[0] + sums[1] + sums[2];
    }
}
