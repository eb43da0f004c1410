package org.demur.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the texts of special tokens, the longest that fits first, in a time that does not grow with their number. */
final class SpecialTexts {
    /**
     * A special token.
     *
     * @param swallowsBefore whether space in front of it vanishes
     * @param swallowsBehind whether space behind it vanishes
     */
    record Special(String text, int id, boolean swallowsBefore, boolean swallowsBehind) {}

    private final Map<String, Special> specials = new HashMap<>();
    private final BitSet firstChars = new BitSet();
    private final List<Integer> lengths;

    /**
     * Those of a tokenizer.
     *
     * @param ids by text
     * @param addedTokens the field of a tokenizer.json, which says what vanishes around them
     */
    SpecialTexts(Map<String, Integer> ids, JsonNode addedTokens) {
        Set<Integer> distinct = new HashSet<>();
        ids.forEach((text, id) -> {
            if (!text.isEmpty()) {
                specials.put(text, new Special(text, id, false, false));
                firstChars.set(text.charAt(0));
                distinct.add(text.length());
            }
        });
        for (JsonNode added : addedTokens) {
            String text = added.path("content").asText();
            specials.computeIfPresent(
                    text,
                    (key, special) -> new Special(
                            text,
                            special.id(),
                            added.path("lstrip").asBoolean(),
                            added.path("rstrip").asBoolean()));
        }
        lengths = distinct.stream().sorted(Comparator.reverseOrder()).toList();
    }

    /** The special token that begins here and ends no later than {@code limit}. */
    Optional<Special> at(String text, int position, int limit) {
        if (!firstChars.get(text.charAt(position))) {
            return Optional.empty();
        }
        for (int length : lengths) {
            if (position + length <= limit) {
                Special special = specials.get(text.substring(position, position + length));
                if (special != null) {
                    return Optional.of(special);
                }
            }
        }
        return Optional.empty();
    }
}
