package org.demur.model;

import java.util.OptionalInt;

/**
 * How far the attention of one block reaches and how it counts positions.
 *
 * @param window keys that a query sees, itself included; all earlier ones where absent
 * @param rope rotary embedding
 */
public record LayerAttention(OptionalInt window, RopeSpec rope) {
    /** Sees all earlier tokens. */
    public static LayerAttention full(RopeSpec rope) {
        return new LayerAttention(OptionalInt.empty(), rope);
    }

    /** Sees the last {@code window} tokens, itself included. */
    public static LayerAttention sliding(int window, RopeSpec rope) {
        return new LayerAttention(OptionalInt.of(window), rope);
    }
}
