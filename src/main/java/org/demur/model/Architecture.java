package org.demur.model;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model family, as data.
 *
 * @param names how files call it
 * @param traits what sets it apart
 * @param biases which projections of attention add a bias
 * @param sliding which blocks see a limited number of tokens
 * @param activation of the MLP, unless the file says otherwise
 * @param hf how config.json states it
 * @param gguf how GGUF metadata state it
 */
record Architecture(
        Names names,
        Set<Trait> traits,
        Biases biases,
        Sliding sliding,
        MlpSpec.Activation activation,
        Dialect hf,
        Dialect gguf) {

    /**
     * How files call a family.
     *
     * @param hfModelType {@code model_type} of config.json
     * @param hfClass the one entry of {@code architectures} of config.json
     * @param gguf {@code general.architecture}; several families may share one
     */
    record Names(String hfModelType, String hfClass, String gguf) {}

    /**
     * What is particular to a family in one format.
     *
     * @param tensors where the weights are
     * @param keys that are read besides the settings and the rotary embedding
     * @param defaults of settings that the file may leave out
     */
    record Dialect(TensorNames tensors, Set<String> keys, Map<Setting, Double> defaults) {}

    /** Deviations from Llama. */
    enum Trait {
        /** LayerNorm instead of RMSNorm, and biases in the MLP. */
        LAYER_NORM,
        /** What attention and MLP add is normalised once more. */
        NORM_AFTER_SUBLAYERS,
        /** Heads of queries and keys are normalised. */
        QUERY_KEY_NORM,
        /** Every query head has its own keys and values, and all heads together are as wide as the stream. */
        MULTI_HEAD,
        /** The MLP has no gate. */
        UNGATED,
        /** Embeddings are multiplied by the root of their width. */
        SCALED_EMBEDDING,
        /** The head is tied unless config.json says otherwise. */
        TIED,
        /** A part of each head may rotate. */
        PARTIAL_ROTARY,
        /** Blocks that slide rotate otherwise than the others. */
        LOCAL_ROPE,
        /** Logits of attention and of tokens may be capped. */
        SOFTCAPS
    }

    /** Which projections of attention add a bias. */
    enum Biases {
        NONE,
        QUERY_KEY_VALUE,
        /** All if the file says so, else none. */
        STATED,
        /** All unless the file says otherwise. */
        ALL
    }

    static Optional<Architecture> ofHf(String modelType) {
        return Families.ALL.stream()
                .filter(family -> family.names.hfModelType.equals(modelType))
                .findFirst();
    }

    static Optional<Architecture> ofGguf(String name) {
        return Families.ALL.stream()
                .filter(family -> family.names.gguf.equals(name))
                .findFirst();
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** The numbers that files of this family state. */
    Set<Setting> settings() {
        EnumSet<Setting> settings = EnumSet.allOf(Setting.class);
        settings.remove(has(Trait.LAYER_NORM) ? Setting.RMS_EPSILON : Setting.LAYER_EPSILON);
        if (sliding == Sliding.NONE) {
            settings.remove(Setting.WINDOW);
        }
        if (has(Trait.MULTI_HEAD)) {
            settings.remove(Setting.KV_HEADS);
            settings.remove(Setting.HEAD_DIM);
        }
        if (!has(Trait.SOFTCAPS)) {
            settings.remove(Setting.ATTENTION_SOFTCAP);
            settings.remove(Setting.LOGIT_SOFTCAP);
        }
        return settings;
    }

    Setting epsilon() {
        return has(Trait.LAYER_NORM) ? Setting.LAYER_EPSILON : Setting.RMS_EPSILON;
    }
}
