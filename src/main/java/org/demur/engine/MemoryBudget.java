package org.demur.engine;

import java.io.Serializable;
import org.demur.model.ModelConfig;

/**
 * Native memory that the temporaries of one call may take beside the weights, and what follows from it for a model: up to
 * half for what passes through the blocks, a quarter for logits, a quarter for keys and values while decoding, an eighth for
 * those of prompts on their way there. Logits come after the blocks, so these never meet in full.
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
        long floats =
                6L * config.dModel() + 4 * projected(config) + 4L * config.mlp().width();
        return atLeastOne(bytes / 2 / (floats * Float.BYTES));
    }

    /**
     * Tokens whose gradients may be taken at once: every block above the first point wanted keeps what the way back needs, two
     * streams and the results of two products, and edits keep another two streams. What passes through a block comes on top.
     */
    int gradientTokens(ModelConfig config, int blocks) {
        long kept = 6L * config.dModel() + projected(config) + 2L * config.mlp().width();
        long passing = 12L * config.dModel()
                + 8 * projected(config)
                + 6L * config.mlp().width();
        return atLeastOne(bytes / ((kept * Math.max(1, blocks) + passing) * Float.BYTES));
    }

    /** Rows of logits that may exist at once, with what their loss needs. */
    int logitRows(ModelConfig config) {
        long rows = bytes / 4 / (3L * config.vocabSize() * Float.BYTES);
        return atLeastOne(Math.min(rows, Integer.MAX_VALUE / ((long) config.vocabSize() * Float.BYTES)));
    }

    /** Slots of keys and values, one a token of a decoding row. */
    int cacheSlots(ModelConfig config) {
        return atLeastOne(bytes / 4 / slot(config));
    }

    /** Prompt tokens whose keys and values may exist at once beside the caches that they will be copied to. */
    int keptTokens(ModelConfig config) {
        return atLeastOne(bytes / 8 / slot(config));
    }

    /** Keys and values of one token in all blocks, bytes. */
    private static long slot(ModelConfig config) {
        long width = (long) config.attention().kvHeads() * config.attention().headDim();
        return 2 * width * config.nLayers() * Float.BYTES;
    }

    /** Channels of queries, keys and values. */
    private static long projected(ModelConfig config) {
        return config.attention().headDim()
                * (config.attention().heads() + 2L * config.attention().kvHeads());
    }

    private static int atLeastOne(long count) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, count));
    }
}
