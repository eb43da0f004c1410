package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The adapter_config.json of the peft library, as far as it is plain LoRA (Hu et al. 2021).
 *
 * @param rank of modules without one of their own
 * @param alpha of modules without one of their own
 * @param rootScaled whether alpha is divided by the root of the rank (Kalajdzievski 2023) instead of the rank
 * @param ranks by name or end of the name of a module, first match first
 * @param alphas likewise
 * @param targets ends of the names of the modules that are adapted; empty where the file gives a pattern instead
 */
record LoraConfig(
        int rank,
        double alpha,
        boolean rootScaled,
        Map<String, Double> ranks,
        Map<String, Double> alphas,
        Optional<List<String>> targets) {
    private static final String TARGETS = "target_modules";

    /** Keys that are read, and keys about training, provenance or modules, all of which the tensors show. */
    private static final Set<String> HARMLESS = Set.of(
            "peft_type",
            "r",
            "lora_alpha",
            "use_rslora",
            "rank_pattern",
            "alpha_pattern",
            TARGETS,
            "bias",
            "init_lora_weights",
            "task_type",
            "auto_mapping",
            "peft_version",
            "base_model_name_or_path",
            "revision",
            "inference_mode",
            "exclude_modules",
            "lora_dropout",
            "layers_to_transform",
            "layers_pattern",
            "megatron_core",
            "eva_config",
            "qalora_group_size");

    /** Initialisations that leave the base weights as they are. */
    private static final Set<String> INITIALISATIONS = Set.of("true", "false", "gaussian", "eva", "orthogonal");

    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9_.]+");

    static LoraConfig read(JsonKeys keys) {
        for (Map.Entry<String, JsonNode> entry : keys.tree().properties()) {
            JsonNode value = entry.getValue();
            boolean unset = value.isNull() || value.isBoolean() && !value.booleanValue() || isEmpty(value);
            if (!unset && !HARMLESS.contains(entry.getKey())) {
                throw Refusal.unsupported(
                        keys.file(), "key " + entry.getKey() + " is " + brief(value) + ", which is not implemented");
            }
        }
        require(keys, "peft_type", Set.of("LORA"), keys.text("peft_type").orElse("missing"));
        require(keys, "bias", Set.of("none"), keys.text("bias").orElse("none"));
        require(
                keys,
                "init_lora_weights",
                INITIALISATIONS,
                keys.node("init_lora_weights").map(JsonNode::asText).orElse("true"));
        return new LoraConfig(
                keys.requiredSize("r"),
                keys.real("lora_alpha").orElseThrow(() -> Refusal.broken(keys.file(), "key lora_alpha is missing")),
                keys.flag("use_rslora").orElse(false),
                pattern(keys, "rank_pattern"),
                pattern(keys, "alpha_pattern"),
                targets(keys));
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isContainerNode() && value.isEmpty();
    }

    private static String brief(JsonNode value) {
        return value.isContainerNode() ? "set" : value.toString();
    }

    private static void require(JsonKeys keys, String key, Set<String> known, String value) {
        if (!known.contains(value)) {
            throw Refusal.unsupported(keys.file(), "key " + key + " is " + value + ", which is not implemented");
        }
    }

    private static Map<String, Double> pattern(JsonKeys keys, String key) {
        Map<String, Double> values = new LinkedHashMap<>();
        keys.object(key).ifPresent(object -> {
            for (Map.Entry<String, JsonNode> entry : object.tree().properties()) {
                if (!LITERAL.matcher(entry.getKey()).matches()) {
                    throw Refusal.unsupported(
                            keys.file(), "key " + key + " has the pattern " + entry.getKey() + "; only names are read");
                }
                values.put(entry.getKey(), object.real(entry.getKey()).orElseThrow());
            }
        });
        return values;
    }

    private static Optional<List<String>> targets(JsonKeys keys) {
        Optional<JsonNode> node = keys.node(TARGETS);
        if (node.isEmpty() || !node.get().isArray()) {
            return Optional.empty();
        }
        List<String> targets = new ArrayList<>();
        node.get().forEach(target -> targets.add(target.asText()));
        return Optional.of(targets);
    }

    /** Whether a module is adapted, as far as the file lists modules. */
    boolean adapts(String module) {
        return targets.isEmpty() || targets.get().stream().anyMatch(target -> ends(module, target));
    }

    /** The rank of a module. */
    long rank(String module) {
        return (long) of(ranks, module, rank);
    }

    /** The factor of the product of a module's two matrices. */
    double scale(String module) {
        double ofModule = rank(module);
        return of(alphas, module, alpha) / (rootScaled ? Math.sqrt(ofModule) : ofModule);
    }

    private static double of(Map<String, Double> patterns, String module, double usual) {
        return patterns.entrySet().stream()
                .filter(entry -> ends(module, entry.getKey()))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(usual);
    }

    private static boolean ends(String module, String name) {
        return module.equals(name) || module.endsWith("." + name);
    }
}
