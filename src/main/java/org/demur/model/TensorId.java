package org.demur.model;

import java.util.Comparator;

/**
 * Names one tensor of a model.
 *
 * @param role what it does
 * @param layer its block; -1 for tensors of the whole model
 */
public record TensorId(TensorRole role, int layer) implements Comparable<TensorId> {
    private static final Comparator<TensorId> ORDER =
            Comparator.comparingInt(TensorId::layer).thenComparing(TensorId::role);

    /** Refuses a block for what has none. */
    public TensorId {
        if (role.perBlock() != layer >= 0) {
            throw new IllegalArgumentException(role + " of block " + layer);
        }
    }

    /** A tensor of the whole model. */
    public static TensorId of(TensorRole role) {
        return new TensorId(role, -1);
    }

    /** A tensor of one block. */
    public static TensorId of(TensorRole role, int layer) {
        return new TensorId(role, layer);
    }

    @Override
    public int compareTo(TensorId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return role.perBlock() ? role + " of block " + layer : role.toString();
    }
}
