package org.demur.bench;

import java.util.List;
import org.demur.engine.TokenSequence;
import org.demur.model.AttentionSpec;
import org.demur.model.ModelConfig;

/**
 * What one batch needs beside the weights, if nothing is kept longer than it is used and nothing is shared between its
 * sequences: derived from shapes, not measured.
 *
 * @param config shape of the model
 * @param rows sequences of the batch
 * @param tokens of all of them
 * @param longest tokens of the longest
 */
record BatchBudget(ModelConfig config, int rows, long tokens, int longest) {

    static BatchBudget of(ModelConfig config, List<TokenSequence> batch) {
        int[] lengths =
                batch.stream().mapToInt(sequence -> sequence.tokenIds().length).toArray();
        int tokens = 0;
        int longest = 0;
        for (int length : lengths) {
            tokens += length;
            longest = Math.max(longest, length);
        }
        return new BatchBudget(config, lengths.length, tokens, longest);
    }

    /** One block's intermediates, and the logits at the last tokens. */
    long forward_bytes() {
        return block_bytes() + logits_bytes();
    }

    /** The intermediates of the blocks that gradients pass through, and the gradients of one block's. */
    long gradient_bytes(int blocks) {
        return (blocks + 1L) * block_bytes();
    }

    /** Keys and values of every block, beside the prompts' own pass. */
    long generate_bytes(int newTokens) {
        AttentionSpec attention = config.attention();
        long slots = (long) rows * (longest + newTokens);
        long caches = 2L * config.nLayers() * slots * attention.kvHeads() * attention.headDim();
        return caches * Float.BYTES + forward_bytes();
    }

    /** Stream, its normalised form and the sum; queries, keys, values and their views by sequence; scores; the MLP. */
    private long block_bytes() {
        AttentionSpec attention = config.attention();
        long projections = (attention.heads() + 2L * attention.kvHeads()) * attention.headDim();
        long perToken = 3L * config.dModel() + projections + 3L * config.mlp().width();
        long perSlot = projections + (long) attention.heads() * longest;
        return Float.BYTES * (tokens * perToken + (long) rows * longest * perSlot);
    }

    private long logits_bytes() {
        return (long) Float.BYTES * rows * config.vocabSize();
    }
}
