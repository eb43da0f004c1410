package org.demur.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Where the files of one format keep the weights of a family. */
final class TensorNames {
    private static final Set<TensorRole> NORMS = Set.of(
            TensorRole.ATTENTION_NORM,
            TensorRole.POST_ATTENTION_NORM,
            TensorRole.QUERY_NORM,
            TensorRole.KEY_NORM,
            TensorRole.MLP_NORM,
            TensorRole.POST_MLP_NORM,
            TensorRole.FINAL_NORM);

    private final Map<TensorRole, Placement> placements;

    private TensorNames(Map<TensorRole, Placement> placements) {
        this.placements = placements;
    }

    /** The names in Hugging Face files of most families. */
    static TensorNames huggingFace() {
        String block = "model.layers.N.";
        return of(Map.ofEntries(
                Map.entry(TensorRole.EMBEDDING, "model.embed_tokens"),
                Map.entry(TensorRole.ATTENTION_NORM, block + "input_layernorm"),
                Map.entry(TensorRole.QUERY, block + "self_attn.q_proj"),
                Map.entry(TensorRole.KEY, block + "self_attn.k_proj"),
                Map.entry(TensorRole.VALUE, block + "self_attn.v_proj"),
                Map.entry(TensorRole.QUERY_NORM, block + "self_attn.q_norm"),
                Map.entry(TensorRole.KEY_NORM, block + "self_attn.k_norm"),
                Map.entry(TensorRole.ATTENTION_OUTPUT, block + "self_attn.o_proj"),
                Map.entry(TensorRole.MLP_NORM, block + "post_attention_layernorm"),
                Map.entry(TensorRole.GATE, block + "mlp.gate_proj"),
                Map.entry(TensorRole.UP, block + "mlp.up_proj"),
                Map.entry(TensorRole.DOWN, block + "mlp.down_proj"),
                Map.entry(TensorRole.FINAL_NORM, "model.norm"),
                Map.entry(TensorRole.HEAD, "lm_head")));
    }

    /** The names in Hugging Face files of GPT-NeoX. */
    static TensorNames huggingFaceNeoX() {
        String block = "gpt_neox.layers.N.";
        return of(Map.of(
                        TensorRole.EMBEDDING, "gpt_neox.embed_in",
                        TensorRole.ATTENTION_NORM, block + "input_layernorm",
                        TensorRole.ATTENTION_OUTPUT, block + "attention.dense",
                        TensorRole.MLP_NORM, block + "post_attention_layernorm",
                        TensorRole.UP, block + "mlp.dense_h_to_4h",
                        TensorRole.DOWN, block + "mlp.dense_4h_to_h",
                        TensorRole.FINAL_NORM, "gpt_neox.final_layer_norm",
                        TensorRole.HEAD, "embed_out"))
                .fused(
                        block + "attention.query_key_value",
                        RowMap.Order.PER_HEAD,
                        TensorRole.QUERY,
                        TensorRole.KEY,
                        TensorRole.VALUE);
    }

    /** The names in GGUF files of all families. */
    static TensorNames gguf() {
        String block = "blk.N.";
        return of(Map.ofEntries(
                Map.entry(TensorRole.EMBEDDING, "token_embd"),
                Map.entry(TensorRole.ATTENTION_NORM, block + "attn_norm"),
                Map.entry(TensorRole.QUERY, block + "attn_q"),
                Map.entry(TensorRole.KEY, block + "attn_k"),
                Map.entry(TensorRole.VALUE, block + "attn_v"),
                Map.entry(TensorRole.QUERY_NORM, block + "attn_q_norm"),
                Map.entry(TensorRole.KEY_NORM, block + "attn_k_norm"),
                Map.entry(TensorRole.ATTENTION_OUTPUT, block + "attn_output"),
                Map.entry(TensorRole.POST_ATTENTION_NORM, block + "post_attention_norm"),
                Map.entry(TensorRole.MLP_NORM, block + "ffn_norm"),
                Map.entry(TensorRole.GATE, block + "ffn_gate"),
                Map.entry(TensorRole.UP, block + "ffn_up"),
                Map.entry(TensorRole.DOWN, block + "ffn_down"),
                Map.entry(TensorRole.POST_MLP_NORM, block + "post_ffw_norm"),
                Map.entry(TensorRole.FINAL_NORM, "output_norm"),
                Map.entry(TensorRole.HEAD, "output")));
    }

    private static TensorNames of(Map<TensorRole, String> modules) {
        Map<TensorRole, Placement> placements = new EnumMap<>(TensorRole.class);
        modules.forEach((role, module) ->
                placements.put(role, new Placement(module, List.of(role), RowMap.Order.PLAIN, false)));
        return new TensorNames(placements);
    }

    /** Keeps one weight under another name. */
    TensorNames named(TensorRole role, String module) {
        return with(Map.of(role, new Placement(module, List.of(role), RowMap.Order.PLAIN, false)));
    }

    /** Keeps several weights in one tensor. */
    TensorNames fused(String module, RowMap.Order order, TensorRole... parts) {
        Placement placement = new Placement(module, List.of(parts), order, false);
        Map<TensorRole, Placement> changes = new EnumMap<>(TensorRole.class);
        for (TensorRole part : parts) {
            changes.put(part, placement);
        }
        return with(changes);
    }

    /** Keeps the rotary pairs of queries and keys side by side. */
    TensorNames rotaryPairs() {
        return changed(
                Set.of(TensorRole.QUERY, TensorRole.KEY),
                old -> new Placement(old.module(), old.parts(), RowMap.Order.ROTARY_PAIRS, old.lessOne()));
    }

    /** Keeps the weights of norms less one. */
    TensorNames normsLessOne() {
        return changed(NORMS, old -> new Placement(old.module(), old.parts(), old.order(), true));
    }

    private TensorNames changed(Set<TensorRole> roles, UnaryOperator<Placement> change) {
        Map<TensorRole, Placement> changes = new EnumMap<>(TensorRole.class);
        for (TensorRole role : roles) {
            if (placements.containsKey(role)) {
                changes.put(role, change.apply(placements.get(role)));
            }
        }
        return with(changes);
    }

    private TensorNames with(Map<TensorRole, Placement> changes) {
        Map<TensorRole, Placement> merged = new EnumMap<>(placements);
        merged.putAll(changes);
        return new TensorNames(merged);
    }

    /** Where a weight is kept, or the weight of a bias. */
    Placement of(TensorRole role) {
        Placement placement = placements.get(Placement.weight(role));
        if (placement == null) {
            throw new IllegalArgumentException("this family has no " + role);
        }
        return placement;
    }

    /** The roles of a configuration that a module of block {@code block} holds, biases left out. */
    List<TensorRole> weightsOf(String module, int block, ModelConfig config) {
        List<TensorRole> roles = new ArrayList<>();
        for (TensorRole role : RoleShape.present(config)) {
            if (Placement.weight(role) == role && of(role).module(block).equals(module)) {
                roles.add(role);
            }
        }
        return roles;
    }
}
