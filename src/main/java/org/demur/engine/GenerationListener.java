package org.demur.engine;

/** Hears of continuations while others still grow. */
@FunctionalInterface
public interface GenerationListener {
    /**
     * A continuation is whole.
     *
     * @param prompt its number in the request
     */
    void finished(int prompt, Generation generation);
}
