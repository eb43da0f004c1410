package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.demur.model.Architecture.Trait;

/** The rotary embedding in a config.json, in the spelling of transformers 4 or 5. */
final class HfRope {
    static final String PARTIAL = "partial_rotary_factor";
    static final String NEOX_PARTIAL = "rotary_pct";
    static final String NEOX_THETA = "rotary_emb_base";
    static final String ORIGINAL_POSITIONS = "original_max_position_embeddings";
    static final String FULL = "full_attention";
    static final String SLIDING = "sliding_attention";

    private static final String PARAMETERS = "rope_parameters";
    private static final String SCALING = "rope_scaling";
    private static final String THETA = "rope_theta";
    private static final String FACTOR = "factor";

    /** Keys that are read for every family. */
    static final Set<String> KEYS = Set.of(PARAMETERS, SCALING, THETA);

    private static final Set<String> COMMON = Set.of("rope_type", "type", THETA, PARTIAL);
    private static final Map<String, Set<String>> KEYS_OF_TYPE = Map.of(
            "default", Set.of(FACTOR, ORIGINAL_POSITIONS),
            "linear", Set.of(FACTOR),
            "dynamic", Set.of(FACTOR),
            "llama3", Set.of(FACTOR, "low_freq_factor", "high_freq_factor", ORIGINAL_POSITIONS),
            "longrope", Set.of(FACTOR, "short_factor", "long_factor", "attention_factor", ORIGINAL_POSITIONS));

    private static final double DEFAULT_THETA = 10_000;
    private static final double DEFAULT_GLOBAL_THETA = 1_000_000;
    private static final double NEOX_DEFAULT_PARTIAL = 0.25;
    private static final int PHI_DEFAULT_ORIGINAL_POSITIONS = 4096;

    private final JsonKeys config;
    private final Architecture family;

    HfRope(JsonKeys config, Architecture family) {
        this.config = config;
        this.family = family;
    }

    /** Of blocks that see everything. */
    RopeSpec global() {
        boolean local = family.has(Trait.LOCAL_ROPE);
        String outer = isNeoX() ? NEOX_THETA : THETA;
        return spec(entry(FULL), config.real(outer).orElse(local ? DEFAULT_GLOBAL_THETA : DEFAULT_THETA));
    }

    /** Of blocks that slide. */
    RopeSpec local() {
        if (!family.has(Trait.LOCAL_ROPE)) {
            return global();
        }
        // Only the blocks that see everything are scaled by the old spelling.
        Optional<JsonKeys> entry = config.object(PARAMETERS).isPresent() ? entry(SLIDING) : Optional.empty();
        return spec(entry, config.real("rope_local_base_freq").orElse(DEFAULT_THETA));
    }

    /** The part of every head that rotates. */
    double partial() {
        OptionalDouble inner = entry(FULL).map(keys -> keys.real(PARTIAL)).orElse(OptionalDouble.empty());
        OptionalDouble outer = config.real(isNeoX() ? NEOX_PARTIAL : PARTIAL);
        double partial = inner.orElse(outer.orElse(isNeoX() ? NEOX_DEFAULT_PARTIAL : 1));
        if (partial != 1 && !family.has(Trait.PARTIAL_ROTARY) || !(partial > 0 && partial <= 1)) {
            throw Refusal.unsupported(
                    config.file(), "key " + PARTIAL + " is " + partial + ", which is not implemented");
        }
        return partial;
    }

    private boolean isNeoX() {
        return family.hf().keys().contains(NEOX_PARTIAL);
    }

    /** The object with the parameters of one kind of block. */
    private Optional<JsonKeys> entry(String layerType) {
        Optional<JsonKeys> parameters = config.object(PARAMETERS);
        Optional<JsonKeys> scaling = config.object(SCALING);
        if (parameters.isPresent() && scaling.isPresent()) {
            throw Refusal.unsupported(config.file(), "has both " + PARAMETERS + " and " + SCALING);
        }
        if (parameters.isEmpty()) {
            return scaling;
        }
        if (!family.has(Trait.LOCAL_ROPE)) {
            refuseNesting(parameters.get());
            return parameters;
        }
        for (Map.Entry<String, JsonNode> entry : parameters.get().tree().properties()) {
            if (!Set.of(FULL, SLIDING).contains(entry.getKey())) {
                throw Refusal.unsupported(config.file(), PARAMETERS + "." + entry.getKey() + " is not implemented");
            }
        }
        return parameters.get().object(layerType);
    }

    private static void refuseNesting(JsonKeys parameters) {
        for (Map.Entry<String, JsonNode> entry : parameters.tree().properties()) {
            if (entry.getValue().isObject()) {
                throw Refusal.unsupported(parameters.file(), "rope parameters by layer (" + entry.getKey() + ")");
            }
        }
    }

    private RopeSpec spec(Optional<JsonKeys> entry, double outerTheta) {
        return new RopeSpec(
                entry.map(keys -> keys.real(THETA))
                        .orElse(OptionalDouble.empty())
                        .orElse(outerTheta),
                entry.map(this::scaling).orElseGet(RopeSpec.None::new));
    }

    private RopeSpec.Scaling scaling(JsonKeys rope) {
        String stated = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
        // The name that Phi-3 first had for it.
        String type = stated.equals("su") ? "longrope" : stated;
        if (!KEYS_OF_TYPE.containsKey(type)) {
            throw Refusal.unsupported(rope.file(), "rope type " + type + " is not implemented");
        }
        Set<String> known = new HashSet<>(COMMON);
        known.addAll(KEYS_OF_TYPE.get(type));
        if (family.has(Trait.LOCAL_ROPE)) {
            known.remove(PARTIAL);
        }
        for (Map.Entry<String, JsonNode> entry : rope.tree().properties()) {
            if (!known.contains(entry.getKey()) && !entry.getValue().isNull()) {
                throw Refusal.unsupported(
                        rope.file(),
                        "unknown rope key " + entry.getKey() + " of type " + type + " may change the maths");
            }
        }
        return switch (type) {
            case "linear" -> new RopeSpec.Linear(required(rope, FACTOR));
            case "dynamic" -> new RopeSpec.Dynamic(required(rope, FACTOR), positions());
            case "llama3" ->
                new RopeSpec.Llama3(
                        required(rope, FACTOR),
                        required(rope, "low_freq_factor"),
                        required(rope, "high_freq_factor"),
                        originalPositions(rope));
            case "longrope" -> longRope(rope);
            default -> new RopeSpec.None();
        };
    }

    private RopeSpec.LongRope longRope(JsonKeys rope) {
        int original = originalPositions(rope);
        double factor = rope.real(FACTOR).orElse((double) positions() / original);
        return new RopeSpec.LongRope(
                factors(rope, "short_factor"),
                factors(rope, "long_factor"),
                original,
                rope.real("attention_factor").orElse(RopeSpec.LongRope.usualAmplitude(factor, original)));
    }

    private static List<Double> factors(JsonKeys rope, String key) {
        List<Double> factors = new ArrayList<>();
        JsonNode list = rope.node(key).orElseThrow(() -> Refusal.broken(rope.file(), "key " + key + " is missing"));
        for (JsonNode factor : list) {
            if (!factor.isNumber()) {
                throw Refusal.broken(rope.file(), "key " + key + " is not a list of numbers");
            }
            factors.add(factor.doubleValue());
        }
        return factors;
    }

    /** A key beside the parameters outweighs one among them; files of Phi-3 have it there. */
    private int originalPositions(JsonKeys rope) {
        if (family.hf().keys().contains(ORIGINAL_POSITIONS)) {
            return config.size(ORIGINAL_POSITIONS).orElse(PHI_DEFAULT_ORIGINAL_POSITIONS);
        }
        return rope.size(ORIGINAL_POSITIONS).orElseGet(this::positions);
    }

    private int positions() {
        return config.size(Setting.POSITIONS.hf())
                .orElseGet(() -> family.hf().defaults().get(Setting.POSITIONS).intValue());
    }

    private static double required(JsonKeys keys, String key) {
        return keys.real(key).orElseThrow(() -> Refusal.broken(keys.file(), "key " + key + " is missing"));
    }
}
