package org.demur.prompts.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every rendering and every refusal agrees with transformers, byte for byte. */
@Tag("shared")
class ChatTemplateGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER = SharedData.path("goldens", "templates");

    private record Case(String label, String source, JsonNode messages, RenderOptions options) {}

    @Test
    void rendersEveryGoldenCase() throws IOException {
        SoftAssertions softly = new SoftAssertions();
        int compared = compareTemplates(softly) + compareFeatures(softly);
        softly.assertAll();
        assertThat(compared).isGreaterThan(550);
    }

    private static int compareTemplates(SoftAssertions softly) throws IOException {
        JsonNode conversations = read("messages.json");
        int compared = 0;
        for (JsonNode files : read("index.json").get("files")) {
            String goldenFile = files.asText().split(", ")[1];
            JsonNode golden = read(goldenFile);
            String source =
                    Files.readString(FOLDER.resolve(golden.get("template").asText()));
            for (JsonNode expected : golden.get("cases")) {
                String id = expected.get("id").asText();
                JsonNode messages = expected.has("messages") ? expected.get("messages") : conversations.get(id);
                String label = goldenFile + " " + id + " " + expected.get("kwargs");
                compare(softly, new Case(label, source, messages, options(golden, expected)), expected);
                compared++;
            }
        }
        return compared;
    }

    private static int compareFeatures(SoftAssertions softly) throws IOException {
        JsonNode golden = read("micro.golden.json");
        JsonNode messages = read("messages.json").get("multi_turn");
        RenderOptions options = new RenderOptions("<s>", "</s>", time(golden), true, Map.of());
        int compared = 0;
        for (Map.Entry<String, JsonNode> feature : golden.get("cases").properties()) {
            JsonNode expected = feature.getValue();
            String source = expected.get("template").asText();
            compare(softly, new Case(feature.getKey(), source, messages, options), expected);
            compared++;
        }
        return compared;
    }

    private static RenderOptions options(JsonNode golden, JsonNode expected) {
        Map<String, Object> variables =
                JSON.convertValue(expected.get("kwargs"), new TypeReference<TreeMap<String, Object>>() {});
        return new RenderOptions(
                golden.get("bos_token").asText(),
                golden.get("eos_token").asText(),
                time(golden),
                expected.get("add_generation_prompt").asBoolean(),
                variables);
    }

    private static LocalDateTime time(JsonNode golden) {
        return LocalDateTime.parse(golden.get("now").asText());
    }

    private static void compare(SoftAssertions softly, Case actual, JsonNode expected) {
        List<Map<String, Object>> messages =
                JSON.convertValue(actual.messages(), new TypeReference<ArrayList<Map<String, Object>>>() {});
        try {
            String rendered =
                    ChatTemplate.parse(actual.label(), actual.source()).renderStructured(messages, actual.options());
            softly.assertThat(rendered)
                    .as(actual.label())
                    .isEqualTo(expected.path("rendered").asText("refused: " + expected.path("error")));
        } catch (TemplateException refusal) {
            softly.assertThat(expected.has("error"))
                    .as("%s: %s", actual.label(), refusal)
                    .isTrue();
            if (expected.path("error_type").asText().equals("TemplateError")) {
                softly.assertThat(refusal.raisedMessage())
                        .contains(expected.get("error").asText());
            }
        }
    }

    private static JsonNode read(String file) throws IOException {
        return JSON.readTree(FOLDER.resolve(file).toFile());
    }
}
