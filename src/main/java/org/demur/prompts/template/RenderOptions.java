package org.demur.prompts.template;

import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a template sees besides the messages.
 *
 * @param bosToken the begin-of-text token, empty if the tokenizer has none
 * @param eosToken the end-of-text token, empty if the tokenizer has none
 * @param now the time that {@code strftime_now} formats; pinned, so that rendering is a function
 * @param addGenerationPrompt whether the header of the model's turn follows the messages
 * @param variables further template variables such as {@code date_string}, {@code tools} or {@code
 *     enable_thinking}; values are maps with string keys, lists, strings, numbers and booleans
 */
public record RenderOptions(
        String bosToken,
        String eosToken,
        LocalDateTime now,
        boolean addGenerationPrompt,
        Map<String, Object> variables) {
    public RenderOptions {
        Objects.requireNonNull(bosToken, "bosToken");
        Objects.requireNonNull(eosToken, "eosToken");
        Objects.requireNonNull(now, "now");
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** The same options with the header of the model's turn at the end. */
    public RenderOptions withGenerationPrompt() {
        return new RenderOptions(bosToken, eosToken, now, true, variables);
    }

    /** The same options, ending after the last message. */
    public RenderOptions withoutGenerationPrompt() {
        return new RenderOptions(bosToken, eosToken, now, false, variables);
    }
}
