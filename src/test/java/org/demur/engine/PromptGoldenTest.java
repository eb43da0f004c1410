package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demur.SharedData;
import org.demur.model.ModelBundle;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TemplateLayout;
import org.demur.prompts.TokenClass;
import org.demur.prompts.template.ChatTemplate;
import org.demur.prompts.template.RenderOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rendered prompts and token ids of the real chat model against the reference implementation, every row. */
@Tag("shared")
class PromptGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void rendersAndTokenisesEveryRowAlike() throws IOException {
        try (ModelBundle bundle = ModelBundle.open(SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf"));
                HfTokenizer tokenizer = HfTokenizer.of(bundle)) {
            TemplateLayout layout = layout(bundle);
            Map<String, Map<String, String>> prompts = new HashMap<>();
            List<String> lines = Files.readAllLines(SharedData.path("goldens", "smollm2", "rows.jsonl"));
            assertThat(lines).hasSizeGreaterThan(200);
            for (String line : lines) {
                JsonNode row = JSON.readTree(line);
                String file = row.get("file").asText();
                String prompt = prompts.computeIfAbsent(file, PromptGoldenTest::read)
                        .get(row.get("id").asText());
                TemplateLayout.Rendered rendered = layout.render(prompt);
                EncodedPrompt encoded = tokenizer.encode(rendered);
                assertThat(rendered.text())
                        .as(row.get("id").asText())
                        .isEqualTo(row.get("rendered").asText());
                assertThat(encoded.ids())
                        .as(row.get("id").asText())
                        .isEqualTo(JSON.convertValue(row.get("token_ids"), int[].class));
                assertThat(encoded.classes()).hasSameSizeAs(encoded.ids()).endsWith(postInstruction());
                assertThat(tokenizer.decode(encoded.ids())).isEqualTo(rendered.text());
            }
        }
    }

    /** ChatML ends a prompt with five tokens: turn end, line break, turn start, role, line break. */
    private static TokenClass[] postInstruction() {
        TokenClass[] classes = new TokenClass[5];
        java.util.Arrays.fill(classes, TokenClass.POST_INSTRUCTION);
        return classes;
    }

    private static TemplateLayout layout(ModelBundle bundle) {
        RenderOptions options = new RenderOptions(
                bundle.special().bosText(),
                bundle.special().eosText(),
                LocalDateTime.of(2024, 7, 26, 0, 0),
                true,
                Map.of());
        return TemplateLayout.derive(
                ChatTemplate.parse("smollm2", bundle.chatTemplate().orElseThrow()), options);
    }

    private static Map<String, String> read(String file) {
        Map<String, String> prompts = new HashMap<>();
        try {
            for (String line : Files.readAllLines(SharedData.path("data", file))) {
                JsonNode row = JSON.readTree(line);
                prompts.put(row.get("id").asText(), row.get("prompt").asText());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return prompts;
    }
}
