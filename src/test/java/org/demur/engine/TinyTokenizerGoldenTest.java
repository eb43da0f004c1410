package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.demur.SharedData;
import org.demur.model.ModelBundle;
import org.demur.prompts.TemplateLayout.Rendered;
import org.demur.prompts.TemplateLayout.Segment;
import org.demur.prompts.TokenClass;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The byte-level tokenizer in a GGUF file against the tokenizers library's own encodings. */
@Tag("shared")
class TinyTokenizerGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void encodesAndDecodesAsTheLibraryDoes() throws IOException {
        JsonNode golden = JSON.readTree(SharedData.path("goldens", "gguf", "tiny-llama-tokenizer.golden.json")
                .toFile());
        try (ModelBundle bundle = ModelBundle.open(SharedData.path("goldens", "gguf", "tiny-llama-q8_0.gguf"));
                HfTokenizer tokenizer = HfTokenizer.of(bundle)) {
            assertThat(golden.path("encodings")).hasSizeGreaterThan(10);
            for (JsonNode encoding : golden.path("encodings")) {
                String text = encoding.path("text").asText();
                int[] ids = JSON.convertValue(encoding.path("ids"), int[].class);
                // The library recognises special tokens in every text, as here in what a template wrote.
                Segment written = new Segment(0, text.length(), TokenClass.SYSTEM);
                assertThat(tokenizer
                                .encode(new Rendered(text, List.of(written)))
                                .ids())
                        .as(text)
                        .isEqualTo(ids);
                assertThat(tokenizer.decode(ids))
                        .isEqualTo(encoding.path("decoded").asText());
            }
        }
    }
}
