package org.demur.judge.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.config.CanonicalJson;

/**
 * What is sent for one pair, and how the answer is read. Prompt and response travel inside a JSON object, so that
 * neither can pass for the question or for the other.
 */
final class Conversation {
    private static final String FIELD = "answer";
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Map<String, Object> SCHEMA = Map.of(
            "type",
            "json_schema",
            "json_schema",
            Map.of(
                    "name",
                    "verdict",
                    "strict",
                    true,
                    "schema",
                    Map.of(
                            "type",
                            "object",
                            "properties",
                            Map.of(FIELD, Map.of("type", "boolean")),
                            "required",
                            List.of(FIELD),
                            "additionalProperties",
                            false)));

    private final byte[] body;
    private final long mostTokens;

    /** A request to that endpoint with these instructions. */
    Conversation(Endpoint endpoint, String instructions, String prompt, String response) {
        String texts = CanonicalJson.of(Map.of("prompt", prompt, "response", response));
        Map<String, Object> request = new TreeMap<>();
        request.put("model", endpoint.model());
        request.put("messages", List.of(message("system", instructions), message("user", texts)));
        request.put("temperature", 0);
        request.put("max_tokens", endpoint.answerTokens());
        if (endpoint.isStructured()) {
            request.put("response_format", SCHEMA);
        }
        body = CanonicalJson.of(request).getBytes(StandardCharsets.UTF_8);
        mostTokens = (long) body.length + endpoint.answerTokens();
    }

    byte[] body() {
        return body;
    }

    /** A bound on the tokens read and written: no token is shorter than a byte. */
    long mostTokens() {
        return mostTokens;
    }

    /** Reads the body of a response with status 200: everything but the one field with true or false is no answer. */
    static Reply reply(byte[] body) {
        JsonNode envelope;
        try {
            envelope = STRICT.readTree(body);
        } catch (IOException e) {
            return malformed("a response of " + body.length + " bytes is not JSON", Reply.UNKNOWN);
        }
        JsonNode used = envelope.path("usage").path("total_tokens");
        long tokens = used.isIntegralNumber() && used.asLong() >= 0 ? used.asLong() : Reply.UNKNOWN;
        JsonNode content = envelope.path("choices").path(0).path("message").path("content");
        if (!content.isTextual()) {
            return malformed("the response has no choices[0].message.content", tokens);
        }
        return answer(content.asText(), tokens);
    }

    private static Reply answer(String content, long tokens) {
        try {
            JsonNode answer = STRICT.readTree(content);
            if (answer.isObject() && answer.size() == 1 && answer.path(FIELD).isBoolean()) {
                return new Reply.Answer(answer.get(FIELD).asBoolean(), tokens);
            }
        } catch (JsonProcessingException e) {
            return malformed("an answer of " + content.length() + " characters is not JSON", tokens);
        }
        return malformed(
                "an answer of " + content.length() + " characters is not {\"answer\": true} or {\"answer\": false}",
                tokens);
    }

    private static Reply malformed(String reason, long tokens) {
        return new Reply.Passing(reason, Duration.ZERO, tokens);
    }

    private static Map<String, String> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }
}
