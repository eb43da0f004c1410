package org.demur.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.demur.config.CanonicalJson;

/**
 * What the manifest of {@code activations} says about how its rows came about: enough to find the forward pass of every row and
 * to run it again.
 *
 * @param promptsRun run of the table {@code prompts}
 * @param sets prompt sets that were run
 * @param shards shards that the prompts were spread over
 * @param maxTokens tokens in one forward pass
 * @param storedShare share of the rows whose vectors are stored, beside those of held-out prompts
 */
public record ExtractionFacts(String promptsRun, List<String> sets, int shards, int maxTokens, double storedShare)
        implements Serializable {
    private static final String FACT = "extraction";

    /** Copies the list. */
    public ExtractionFacts {
        sets = List.copyOf(sets);
    }

    /** As facts of a manifest. */
    public Map<String, String> facts() {
        return new TreeMap<>(Map.of(FACT, CanonicalJson.of(this)));
    }

    /** Reads the facts of a manifest; empty when the rows came from elsewhere. */
    public static Optional<ExtractionFacts> of(Map<String, String> facts) {
        return Optional.ofNullable(facts.get(FACT)).map(CanonicalJson::parse).map(ExtractionFacts::of);
    }

    private static ExtractionFacts of(JsonNode json) {
        return new ExtractionFacts(
                json.get("promptsRun").asText(),
                StreamSupport.stream(json.get("sets").spliterator(), false)
                        .map(JsonNode::asText)
                        .toList(),
                json.get("shards").asInt(),
                json.get("maxTokens").asInt(),
                json.get("storedShare").asDouble());
    }

    /** Whether training has to run the model for its vectors. */
    public boolean isPartial() {
        return storedShare < 1;
    }
}
