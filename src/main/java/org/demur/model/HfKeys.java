package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells harmless keys of config.json from such that change what a model computes. A key whose value is null sets
 * nothing.
 */
final class HfKeys {
    /** Keys of the file as a whole, of training, of tokens and of generation: no value of theirs enters the maths. */
    private static final Set<String> INERT = Set.of(
            "architectures",
            "model_type",
            "_name_or_path",
            "_model_name_or_path",
            "transformers_version",
            "torch_dtype",
            "dtype",
            "initializer_range",
            "use_cache",
            "cache_implementation",
            "attention_dropout",
            "hidden_dropout",
            "classifier_dropout",
            "resid_pdrop",
            "embd_pdrop",
            "gradient_checkpointing",
            "output_attentions",
            "output_hidden_states",
            "return_dict",
            "torchscript",
            "_attn_implementation_autoset",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "unk_token_id",
            "sep_token_id",
            "tokenizer_class",
            "vocab_type",
            "id2label",
            "label2id",
            "problem_type",
            "finetuning_task",
            "task_specific_params",
            "max_length",
            "max_new_tokens",
            "do_sample",
            "temperature",
            "top_k",
            "top_p",
            "repetition_penalty",
            "is_decoder",
            "is_llama_config",
            "transformers.js_config",
            "unsloth_fixed",
            "unsloth_version");

    /** Keys that change nothing as long as they are false. */
    private static final Set<String> HARMLESS_IF_FALSE = Set.of(
            "attention_bias",
            "qkv_bias",
            "mlp_bias",
            "lm_head_bias",
            "rope_interleaved",
            "use_mrope",
            "use_qk_norm",
            "use_bidirectional_attention",
            "use_sliding_window",
            "is_encoder_decoder",
            "add_cross_attention",
            "tie_encoder_decoder");

    /** Keys that change nothing at these values. */
    private static final Map<String, Double> NEUTRAL_NUMBERS = Map.of(
            "pretraining_tp",
            1.0,
            HfRope.PARTIAL,
            1.0,
            "embedding_multiplier",
            1.0,
            "residual_multiplier",
            1.0,
            "attention_multiplier",
            1.0,
            "logits_scaling",
            1.0,
            "full_attn_mod",
            1.0,
            "interpolate_factor",
            1.0,
            "chunk_size_feed_forward",
            0.0);

    /** Keys whose maths is known, and not implemented. */
    private static final Set<String> UNIMPLEMENTED = Set.of(
            "quantization_config",
            "compression_config",
            "auto_map",
            "num_local_experts",
            "num_experts",
            "n_routed_experts",
            "num_experts_per_tok",
            "attention_sinks",
            "layer_types",
            "sliding_window",
            "attn_logit_softcapping",
            "final_logit_softcapping");

    private final JsonKeys keys;
    private final Set<String> read;

    private HfKeys(JsonKeys keys, Architecture family) {
        this.keys = keys;
        this.read = new HashSet<>(family.hf().keys());
        family.settings().forEach(setting -> read.add(setting.hf()));
        read.addAll(Set.of(HfActivation.HIDDEN_ACT, HfConfig.TIED));
        read.addAll(HfRope.KEYS);
    }

    /** Whether no value of a key enters the maths, in any family. */
    static boolean isInert(String key) {
        return INERT.contains(key);
    }

    /** Refuses what a family's files may not say, by name. */
    static void check(JsonKeys keys, Architecture family) {
        HfKeys rules = new HfKeys(keys, family);
        for (Map.Entry<String, JsonNode> entry : keys.tree().properties()) {
            if (!entry.getValue().isNull()) {
                rules.check(entry.getKey(), entry.getValue());
            }
        }
    }

    private void check(String key, JsonNode value) {
        if (read.contains(key) || isInert(key)) {
            return;
        }
        Path file = keys.file();
        if (UNIMPLEMENTED.contains(key)) {
            throw Refusal.unsupported(file, "key " + key + " is not implemented");
        }
        if (HARMLESS_IF_FALSE.contains(key)) {
            if (keys.flag(key).orElseThrow()) {
                throw Refusal.unsupported(file, "key " + key + " is " + value + ", which is not implemented");
            }
        } else if (NEUTRAL_NUMBERS.containsKey(key)) {
            if (keys.real(key).orElseThrow() != NEUTRAL_NUMBERS.get(key)) {
                throw Refusal.unsupported(file, "key " + key + " is " + value + ", which is not implemented");
            }
        } else if (!key.equals("pruned_heads") || !value.isEmpty()) {
            throw Refusal.unsupported(file, "unknown config key " + key + " may change the maths");
        }
    }
}
