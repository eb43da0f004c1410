package org.demur.model;

/** The numbers that both formats state, and how they call them. */
enum Setting {
    D_MODEL("hidden_size", "embedding_length"),
    LAYERS("num_hidden_layers", "block_count"),
    HEADS("num_attention_heads", "attention.head_count"),
    KV_HEADS("num_key_value_heads", "attention.head_count_kv"),
    HEAD_DIM("head_dim", "attention.key_length"),
    MLP_WIDTH("intermediate_size", "feed_forward_length"),
    VOCABULARY("vocab_size", "vocab_size"),
    POSITIONS("max_position_embeddings", "context_length"),
    RMS_EPSILON("rms_norm_eps", "attention.layer_norm_rms_epsilon"),
    LAYER_EPSILON("layer_norm_eps", "attention.layer_norm_epsilon"),
    WINDOW("sliding_window", "attention.sliding_window"),
    ATTENTION_SOFTCAP("attn_logit_softcapping", "attn_logit_softcapping"),
    LOGIT_SOFTCAP("final_logit_softcapping", "final_logit_softcapping");

    private final String hf;
    private final String gguf;

    Setting(String hf, String gguf) {
        this.hf = hf;
        this.gguf = gguf;
    }

    /** The key in config.json. */
    String hf() {
        return hf;
    }

    /** The key in GGUF metadata, without the name of the architecture. */
    String gguf() {
        return gguf;
    }
}
