package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Typed access to the keys of one JSON object of a file; absent and null are the same.
 *
 * @param file for messages
 * @param tree the object
 */
record JsonKeys(Path file, JsonNode tree) {
    static JsonKeys of(Path file) {
        return new JsonKeys(file, StrictJson.object(file));
    }

    Optional<JsonNode> node(String key) {
        return Optional.ofNullable(tree.get(key)).filter(node -> !node.isNull());
    }

    Optional<JsonKeys> object(String key) {
        return node(key).map(node -> new JsonKeys(file, check(key, node, node.isObject(), "object")));
    }

    Optional<String> text(String key) {
        return node(key)
                .map(node -> check(key, node, node.isTextual(), "string").textValue());
    }

    Optional<Boolean> flag(String key) {
        return node(key)
                .map(node -> check(key, node, node.isBoolean(), "boolean").booleanValue());
    }

    OptionalDouble real(String key) {
        return node(key).stream()
                .mapToDouble(node -> check(key, node, node.isNumber(), "number").doubleValue())
                .findFirst();
    }

    Optional<Integer> size(String key) {
        return node(key).map(node -> {
            check(key, node, node.canConvertToLong() && node.isIntegralNumber(), "whole number");
            return ConfigChecks.size(file, key, node.longValue());
        });
    }

    /** Fails for a missing key. */
    int requiredSize(String key) {
        return size(key).orElseThrow(() -> Refusal.broken(file, "key " + key + " is missing"));
    }

    private JsonNode check(String key, JsonNode node, boolean holds, String wanted) {
        if (!holds) {
            throw Refusal.broken(file, "key " + key + " is not a " + wanted);
        }
        return node;
    }
}
