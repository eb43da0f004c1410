package org.demur.model;

import java.util.List;

/**
 * One kind of tensor of an architecture; {@code N} in a name stands for the block's number.
 *
 * @param role what it does
 * @param hfName canonical name
 * @param ggufName the name in GGUF files
 * @param shape row-major, in terms of the configuration
 * @param ggufOrder the order of the rows in GGUF files
 */
record TensorRule(TensorRole role, String hfName, String ggufName, List<Width> shape, RowOrder ggufOrder) {
    private static final String BLOCK = ".N.";

    /** Widths that shapes are made of. */
    enum Width {
        MODEL,
        FEED_FORWARD,
        VOCABULARY,
        QUERIES,
        KEYS;

        long of(ModelConfig config) {
            return switch (this) {
                case MODEL -> config.dModel();
                case FEED_FORWARD -> config.mlp().width();
                case VOCABULARY -> config.vocabSize();
                case QUERIES ->
                    (long) config.attention().heads() * config.attention().headDim();
                case KEYS ->
                    (long) config.attention().kvHeads() * config.attention().headDim();
            };
        }
    }

    /** Orders of rows within a head. */
    enum RowOrder {
        /** As in Hugging Face files. */
        PLAIN,
        /** Rotary pairs side by side: HF row {@code j * headDim/2 + i} is stored as {@code 2i + j}. */
        INTERLEAVED;

        /** Where row {@code row} of the canonical tensor is stored. */
        long stored(long row, int headDim) {
            return switch (this) {
                case PLAIN -> row;
                case INTERLEAVED -> {
                    long inHead = row % headDim;
                    int half = headDim / 2;
                    yield row - inHead + 2 * (inHead % half) + inHead / half;
                }
            };
        }
    }

    String hfName(int block) {
        return hfName.replace(BLOCK, "." + block + ".");
    }

    String ggufName(int block) {
        return ggufName.replace(BLOCK, "." + block + ".");
    }

    long[] shape(ModelConfig config) {
        return shape.stream().mapToLong(width -> width.of(config)).toArray();
    }
}
