package org.demur.engine;

/**
 * The tokens that followed a prompt.
 *
 * @param tokenIds generated tokens, without the stop token
 * @param finish why generation ended
 */
public record Generation(int[] tokenIds, Finish finish) {
    /** Why generation ended. */
    public enum Finish {
        /** A stop token came. */
        STOP,
        /** The limit of new tokens was reached. */
        LENGTH
    }
}
