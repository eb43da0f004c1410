package org.demur.model;

import java.nio.file.Path;

/** Checks of configurations that every kind of file shares. */
final class ConfigChecks {
    private static final int MAX_SIZE = 1 << 24;
    private static final int MAX_HEAD_DIM = 1 << 14;

    private ConfigChecks() {}

    /** A size within what any model has. */
    static int size(Path file, String key, long value) {
        if (value < 1 || value > MAX_SIZE) {
            throw Refusal.broken(file, "key " + key + " is " + value + ", not within 1.." + MAX_SIZE);
        }
        return (int) value;
    }

    static ModelConfig checked(Path file, ModelConfig config) {
        if (config.headDim() > MAX_HEAD_DIM) {
            throw Refusal.broken(file, "heads of width " + config.headDim() + " are no model's");
        }
        if (config.nHeads() % config.nKvHeads() != 0) {
            throw Refusal.broken(file, config.nHeads() + " heads cannot share " + config.nKvHeads() + " key heads");
        }
        if (config.headDim() % 2 != 0) {
            throw Refusal.broken(file, "heads of odd width " + config.headDim() + " cannot rotate");
        }
        positive(file, "rms norm epsilon", config.rmsNormEps());
        positive(file, "rope theta", config.rope().theta());
        for (double frequency : config.rope().inverseFrequencies(config.headDim())) {
            positive(file, "rope frequency", frequency);
        }
        return config;
    }

    private static void positive(Path file, String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw Refusal.broken(file, what + " is " + value + ", not a positive number");
        }
    }
}
