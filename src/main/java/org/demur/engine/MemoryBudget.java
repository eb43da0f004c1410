package org.demur.engine;

import java.io.Serializable;
import org.demur.model.ModelConfig;

/**
 * Native memory that the temporaries of one call may take beside the weights, and what follows from it for a model. Half
 * is for what passes through the blocks, a quarter for logits, a quarter for keys and values while decoding.
 *
 * @param bytes in all
 */
public record MemoryBudget(long bytes) implements Serializable {
    /** One GiB. */
    public static final MemoryBudget STANDARD = new MemoryBudget(1L << 30);

    /** Refuses less than what any model needs. */
    public MemoryBudget {
        if (bytes < 1 << 20) {
            throw new IllegalArgumentException("A batch needs at least 1 MiB of memory, not " + bytes + " bytes");
        }
    }

    /** Tokens that may pass through the blocks at once: streams, projections and hidden channels in fp32. */
    int passTokens(ModelConfig config) {
        long width = config.attention().headDim()
                * (config.attention().heads() + 2L * config.attention().kvHeads());
        long floats = 6L * config.dModel() + 4 * width + 4L * config.mlp().width();
        return atLeastOne(bytes / 2 / (floats * Float.BYTES));
    }

    /**
     * Tokens whose gradients may be taken at once: every block above the first point wanted keeps what the way back
     * needs, some twelve streams, eight of queries, keys and values, six of hidden channels.
     */
    int gradientTokens(ModelConfig config, int blocks) {
        long width = config.attention().headDim()
                * (config.attention().heads() + 2L * config.attention().kvHeads());
        long floats = 12L * config.dModel() + 8 * width + 6L * config.mlp().width();
        return atLeastOne(bytes / (floats * Float.BYTES * Math.max(1, blocks)));
    }

    /** Rows of logits that may exist at once, with what their loss needs. */
    int logitRows(ModelConfig config) {
        return atLeastOne(bytes / 4 / (3L * config.vocabSize() * Float.BYTES));
    }

    /** Slots of keys and values, one a token of a decoding row. */
    int cacheSlots(ModelConfig config) {
        long width = (long) config.attention().kvHeads() * config.attention().headDim();
        return atLeastOne(bytes / 4 / (2 * width * config.nLayers() * Float.BYTES));
    }

    private static int atLeastOne(long count) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, count));
    }
}
