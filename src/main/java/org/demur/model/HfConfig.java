package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The configuration in a config.json, in the spelling of transformers 4 (rope_theta, rope_scaling)
 * or 5 (rope_parameters).
 */
final class HfConfig {
    /** Keys that, when set, change what the model computes in ways that are not implemented. */
    private static final Set<String> REFUSED_WHEN_SET = Set.of(
            "quantization_config",
            "sliding_window",
            "attn_logit_softcapping",
            "final_logit_softcapping",
            "num_local_experts",
            "layer_types",
            "auto_map");

    /** Keys that change nothing at these values. */
    private static final Map<String, Double> NEUTRAL = Map.of(
            "partial_rotary_factor", 1.0,
            "embedding_multiplier", 1.0,
            "residual_multiplier", 1.0,
            "attention_multiplier", 1.0,
            "logits_scaling", 1.0);

    private static final Set<String> ACTIVATIONS = Set.of("silu", "swish");
    private static final double DEFAULT_EPSILON = 1e-6;
    private static final double DEFAULT_THETA = 10_000;
    private static final int DEFAULT_POSITIONS = 2048;

    private final Path file;
    private final JsonKeys keys;

    private HfConfig(JsonKeys keys) {
        this.file = keys.file();
        this.keys = keys;
    }

    static Architecture family(JsonKeys keys) {
        String type =
                keys.text("model_type").orElseThrow(() -> Refusal.broken(keys.file(), "key model_type is missing"));
        return Architecture.ofHf(type)
                .orElseThrow(() -> Refusal.unsupported(keys.file(), "model_type " + type + " is not implemented"));
    }

    static ModelConfig read(JsonKeys keys, Architecture family) {
        return new HfConfig(keys).config(family);
    }

    private ModelConfig config(Architecture family) {
        refuseOtherMaths(family);
        int dModel = keys.requiredSize("hidden_size");
        int nLayers = ConfigChecks.blocks(file, keys.requiredSize("num_hidden_layers"));
        int heads = keys.requiredSize("num_attention_heads");
        int headDim = keys.size("head_dim").orElse(dModel / heads);
        boolean bias = keys.flag("attention_bias").orElse(false);
        ModelConfig config = new ModelConfig(
                family.hfModelType(),
                nLayers,
                dModel,
                keys.requiredSize("vocab_size"),
                keys.size("max_position_embeddings").orElse(DEFAULT_POSITIONS),
                new NormSpec(NormSpec.Kind.RMS, keys.real("rms_norm_eps").orElse(DEFAULT_EPSILON), false),
                new AttentionSpec(
                        heads,
                        keys.size("num_key_value_heads").orElse(heads),
                        headDim,
                        headDim,
                        1 / Math.sqrt(headDim),
                        OptionalDouble.empty(),
                        bias,
                        bias,
                        false),
                new MlpSpec(keys.requiredSize("intermediate_size"), MlpSpec.Activation.SILU, true, false),
                BlockLayout.SEQUENTIAL,
                Collections.nCopies(nLayers, LayerAttention.full(rope())),
                1,
                OptionalDouble.empty(),
                keys.flag("tie_word_embeddings").orElse(false));
        return ConfigChecks.checked(file, config);
    }

    private void refuseOtherMaths(Architecture family) {
        keys.node("architectures").ifPresent(classes -> {
            if (classes.size() != 1 || !classes.path(0).asText().equals(family.hfClass())) {
                throw Refusal.unsupported(file, "key architectures is not " + family.hfClass());
            }
        });
        String activation = keys.text("hidden_act").orElse("silu");
        if (!ACTIVATIONS.contains(activation)) {
            throw Refusal.unsupported(file, "hidden_act " + activation + " is not implemented");
        }
        for (String key : Set.of("mlp_bias", "rope_interleaved")) {
            if (keys.flag(key).orElse(false)) {
                throw Refusal.unsupported(file, key + " true is not implemented");
            }
        }
        for (String key : REFUSED_WHEN_SET) {
            if (keys.node(key).isPresent()) {
                throw Refusal.unsupported(file, "key " + key + " is not implemented");
            }
        }
        NEUTRAL.forEach((key, neutral) -> {
            if (keys.real(key).orElse(neutral) != neutral) {
                throw Refusal.unsupported(file, "key " + key + " is not implemented");
            }
        });
    }

    private RopeSpec rope() {
        Optional<JsonKeys> parameters = keys.object("rope_parameters");
        Optional<JsonKeys> scaling = parameters.or(() -> keys.object("rope_scaling"));
        OptionalDouble theta = keys.real("rope_theta");
        if (parameters.isPresent()) {
            OptionalDouble inner = parameters.get().real("rope_theta");
            theta = inner.isPresent() ? inner : theta;
        }
        return new RopeSpec(
                theta.orElse(DEFAULT_THETA), scaling.map(HfConfig::scaling).orElseGet(RopeSpec.None::new));
    }

    private static RopeSpec.Scaling scaling(JsonKeys rope) {
        for (Map.Entry<String, JsonNode> entry : rope.tree().properties()) {
            if (entry.getValue().isObject()) {
                throw Refusal.unsupported(rope.file(), "rope parameters by layer (" + entry.getKey() + ")");
            }
        }
        if (rope.real("partial_rotary_factor").orElse(1) != 1) {
            throw Refusal.unsupported(rope.file(), "key partial_rotary_factor is not implemented");
        }
        String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
        return switch (type) {
            case "default" -> new RopeSpec.None();
            case "linear" -> new RopeSpec.Linear(required(rope, "factor"));
            case "llama3" ->
                new RopeSpec.Llama3(
                        required(rope, "factor"),
                        required(rope, "low_freq_factor"),
                        required(rope, "high_freq_factor"),
                        rope.requiredSize("original_max_position_embeddings"));
            default -> throw Refusal.unsupported(rope.file(), "rope type " + type);
        };
    }

    private static double required(JsonKeys keys, String key) {
        return keys.real(key).orElseThrow(() -> Refusal.broken(keys.file(), "key " + key + " is missing"));
    }
}
