package org.demur.model;

import java.nio.file.Path;

/** Checks of configurations that every kind of file shares. */
final class ConfigChecks {
    private static final int MAX_SIZE = 1 << 24;
    private static final int MAX_HEAD_DIM = 1 << 14;
    private static final int MAX_BLOCKS = 1 << 9;

    private ConfigChecks() {}

    /** A size within what any model has. */
    static int size(Path file, String key, long value) {
        if (value < 1 || value > MAX_SIZE) {
            throw Refusal.broken(file, "key " + key + " is " + value + ", not within 1.." + MAX_SIZE);
        }
        return (int) value;
    }

    /** A number of blocks that may be believed before their tensors are looked for. */
    static int blocks(Path file, int count) {
        if (count > MAX_BLOCKS) {
            throw Refusal.broken(file, count + " blocks are no model's; the most read is " + MAX_BLOCKS);
        }
        return count;
    }

    static ModelConfig checked(Path file, ModelConfig config) {
        AttentionSpec attention = config.attention();
        if (attention.headDim() > MAX_HEAD_DIM) {
            throw Refusal.broken(file, "heads of width " + attention.headDim() + " are no model's");
        }
        if (attention.heads() % attention.kvHeads() != 0) {
            throw Refusal.broken(file, attention.heads() + " heads cannot share " + attention.kvHeads() + " key heads");
        }
        if (attention.rotaryDims() % 2 != 0) {
            throw Refusal.broken(file, "an odd number of channels, " + attention.rotaryDims() + ", cannot rotate");
        }
        positive(file, "norm epsilon", config.norm().eps());
        for (LayerAttention layer : config.layers()) {
            positive(file, "rope theta", layer.rope().theta());
            for (double frequency : layer.rope().inverseFrequencies(attention.rotaryDims(), config.maxPositions())) {
                positive(file, "rope frequency", frequency);
            }
        }
        return config;
    }

    private static void positive(Path file, String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw Refusal.broken(file, what + " is " + value + ", not a positive number");
        }
    }
}
