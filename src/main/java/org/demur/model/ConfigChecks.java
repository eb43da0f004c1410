package org.demur.model;

import java.nio.file.Path;
import java.util.LinkedHashSet;

/** Checks of configurations that every kind of file shares. */
final class ConfigChecks {
    private static final int MAX_SIZE = 1 << 24;
    private static final int MAX_BLOCKS = 1 << 9;
    private static final int MAX_HEAD_DIM = 1 << 14;

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
        if (attention.headDim() < 1 || attention.headDim() > MAX_HEAD_DIM) {
            throw Refusal.broken(file, "heads of width " + attention.headDim() + " are no model's");
        }
        if (attention.heads() % attention.kvHeads() != 0) {
            throw Refusal.broken(file, attention.heads() + " heads cannot share " + attention.kvHeads() + " key heads");
        }
        if (attention.rotaryDims() < 2 || attention.rotaryDims() % 2 != 0) {
            throw Refusal.broken(file, "an odd number of channels, or none, cannot rotate: " + attention.rotaryDims());
        }
        positive(file, "norm epsilon", config.norm().eps());
        positive(file, "attention scale", attention.scale());
        attention.softcap().ifPresent(cap -> positive(file, "softcap of attention", cap));
        config.logitSoftcap().ifPresent(cap -> positive(file, "softcap of logits", cap));
        for (LayerAttention layer : new LinkedHashSet<>(config.layers())) {
            check(file, layer.rope(), attention.rotaryDims(), config.maxPositions());
        }
        return config;
    }

    private static void check(Path file, RopeSpec rope, int dims, int maxPositions) {
        positive(file, "rope theta", rope.theta());
        if (rope.scaling() instanceof RopeSpec.LongRope longRope) {
            pairs(file, "short_factor", longRope.shortDivisors().size(), dims);
            pairs(file, "long_factor", longRope.longDivisors().size(), dims);
        }
        positive(file, "rope amplitude", rope.amplitude(maxPositions));
        for (int length : new int[] {1, maxPositions}) {
            for (double frequency : rope.inverseFrequencies(dims, length)) {
                positive(file, "rope frequency", frequency);
            }
        }
    }

    private static void pairs(Path file, String what, int size, int dims) {
        if (size != dims / 2) {
            throw Refusal.broken(file, what + " has " + size + " numbers for " + dims / 2 + " pairs");
        }
    }

    private static void positive(Path file, String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw Refusal.broken(file, what + " is " + value + ", not a positive number");
        }
    }
}
