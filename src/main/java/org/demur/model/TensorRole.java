package org.demur.model;

/** What a tensor does in a transformer, whatever a file calls it. Shapes in the terms of {@link ModelConfig}. */
public enum TensorRole {
    /** Token embeddings, [V, d]. */
    EMBEDDING(false),
    /** Weight of the norm before attention, [d]; effective values, so 1 + w where a file stores w. */
    ATTENTION_NORM(true),
    /** Bias of that norm, [d]. */
    ATTENTION_NORM_BIAS(true),
    /** Query projection, [H HD, d], rotary pairs (i, i + rotary / 2) within a head. */
    QUERY(true),
    /** [H HD]. */
    QUERY_BIAS(true),
    /** Key projection, [KV HD, d]. */
    KEY(true),
    /** [KV HD]. */
    KEY_BIAS(true),
    /** Value projection, [KV HD, d]. */
    VALUE(true),
    /** [KV HD]. */
    VALUE_BIAS(true),
    /** Weight of the norm of every query head, [HD]. */
    QUERY_NORM(true),
    /** Weight of the norm of every key head, [HD]. */
    KEY_NORM(true),
    /** Output projection of attention, [d, H HD]. */
    ATTENTION_OUTPUT(true),
    /** [d]. */
    ATTENTION_OUTPUT_BIAS(true),
    /** Weight of the norm of what attention adds, [d]. */
    POST_ATTENTION_NORM(true),
    /** Weight of the norm before the MLP, [d]. */
    MLP_NORM(true),
    /** [d]. */
    MLP_NORM_BIAS(true),
    /** Gate projection, [FF, d]. */
    GATE(true),
    /** Up projection, [FF, d]. */
    UP(true),
    /** [FF]. */
    UP_BIAS(true),
    /** Down projection, [d, FF]. */
    DOWN(true),
    /** [d]. */
    DOWN_BIAS(true),
    /** Weight of the norm of what the MLP adds, [d]. */
    POST_MLP_NORM(true),
    /** Weight of the last norm, [d]. */
    FINAL_NORM(false),
    /** [d]. */
    FINAL_NORM_BIAS(false),
    /** Output head, [V, d]; absent where the embedding serves. */
    HEAD(false);

    private final boolean perBlock;

    TensorRole(boolean perBlock) {
        this.perBlock = perBlock;
    }

    /** Whether every block has its own. */
    public boolean perBlock() {
        return perBlock;
    }
}
