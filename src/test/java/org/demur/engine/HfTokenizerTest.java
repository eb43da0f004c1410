package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TemplateLayout.Rendered;
import org.demur.prompts.TemplateLayout.Segment;
import org.demur.prompts.TokenClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Stretches of text between special tokens. Every expected id that no comment explains is what the tokenizers library
 * (Python, 0.23.3) gives for the same tokenizer.json and the whole text, special tokens recognised.
 */
class HfTokenizerTest {
    private static final String SMILE = "\uD83D\uDE00";

    @ParameterizedTest
    @CsvSource({
        "'a b', '263 264'",
        "'<s>a b', '1 260 264'",
        "'a<|u|>b', '263 268 261'",
        "'<s>a\n\nb<|u|> a', '1 260 266 261 268 263'",
        "'<|u|>\n ab', '268 13 263 261'",
        "'a<b>b', '263 267 261'"
    })
    void putsASpaceBeforeTheTextOnly(String text, String ids) {
        try (HfTokenizer tokenizer =
                TinyTokenizer.pairs("null", TinyTokenizer.FIRST).open()) {
            assertThat(written(tokenizer, text)).isEqualTo(ids);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'a b', '263 264'",
        "'<s>a b', '1 263 264'",
        "'a<|u|>b', '263 268 264'",
        "'<s>a\n\nb<|u|> a', '1 263 266 264 268 259 263'",
        "'<|u|>\n ab', '268 259 13 263 261'",
        "'a<b>b', '263 267 264'"
    })
    void putsASpaceBeforeEveryStretch(String text, String ids) {
        try (HfTokenizer tokenizer =
                TinyTokenizer.pairs(TinyTokenizer.PREPEND, "null").open()) {
            assertThat(written(tokenizer, text)).isEqualTo(ids);
        }
    }

    @ParameterizedTest
    @CsvSource({"'<s>a\n\nb<|u|> a', '1 260 266 261 268 260'", "'<|u|>\n ab', '268 265'", "'<s> a', '1 263'"})
    void letsSpecialTokensSwallowSpace(String text, String ids) {
        try (HfTokenizer tokenizer =
                TinyTokenizer.pairs(TinyTokenizer.RESPELL, "null").swallowing().open()) {
            assertThat(written(tokenizer, text)).isEqualTo(ids);
        }
    }

    @Test
    void findsAddedTokensThatAreNotSpecialInContent() {
        // The library numbers <think> 271, behind <x>, because neither is in the vocabulary.
        TinyTokenizer tiny = TinyTokenizer.pairs(TinyTokenizer.RESPELL, "null")
                .added(270, "<x>", true)
                .added(271, "<think>", false);
        try (HfTokenizer tokenizer = tiny.open()) {
            assertThat(tokenizer.encodeText("a<think>b\n\n<b>")).containsExactly(260, 271, 261, 266, 267);
            assertThat(written(tokenizer, "<x>a<think>b")).isEqualTo("270 260 271 261");
            assertThat(tokenizer.encodeText("<x>")).doesNotContain(270, 271);
        }
    }

    @Test
    void takesSpecialTokensInContentForText() {
        Rendered rendered = rendered("<s>", "a<|u|>", "<|u|>");
        try (HfTokenizer tokenizer =
                TinyTokenizer.pairs(TinyTokenizer.RESPELL, "null").open()) {
            EncodedPrompt encoded = tokenizer.encode(rendered);
            // a, then the bytes of <|u|>, then the token itself.
            assertThat(encoded.ids()).containsExactly(1, 260, 63, 127, 120, 127, 65, 268);
            assertThat(encoded.specialTextsInContent()).isEqualTo(1);
            assertThat(encoded.classes()).startsWith(TokenClass.USER_HEADER, TokenClass.CONTENT);
            assertThat(encoded.classes()).endsWith(TokenClass.CONTENT, TokenClass.POST_INSTRUCTION);
        }
    }

    @Test
    void makesNoSpecialTokenOfContentAndTemplateTogether() {
        try (HfTokenizer tokenizer =
                TinyTokenizer.pairs(TinyTokenizer.RESPELL, "null").open()) {
            EncodedPrompt encoded = tokenizer.encode(rendered("<|", "u|><s", "><|u|>"));
            assertThat(encoded.ids()).doesNotContain(1).endsWith(65, 268).hasSize(9);
            assertThat(encoded.specialTextsInContent()).isZero();
        }
    }

    @Test
    void neverSpellsASpecialTokenFromUnigrams() {
        try (HfTokenizer tokenizer = TinyTokenizer.unigrams().open()) {
            // "<" and "s>" cost 15 together, three tokens 16, and the special token nothing.
            assertThat(tokenizer.encodeText("<s>ab")).containsExactly(265, 268, 262);
            assertThat(written(tokenizer, "<s>ab")).isEqualTo("1 262");
            assertThat(tokenizer.encodeText(" ab a")).containsExactly(259, 262, 264);
        }
    }

    @Test
    void countsEveryByteOfACharacterWhereTheCharacterIs() {
        Rendered rendered = rendered("a", "\u00e9" + SMILE + "\u0301", "b");
        try (HfTokenizer tokenizer =
                TinyTokenizer.pairs(TinyTokenizer.RESPELL, "null").open()) {
            EncodedPrompt encoded = tokenizer.encode(rendered);
            assertThat(encoded.ids()).containsExactly(260, 198, 172, 243, 162, 155, 131, 207, 132, 261);
            assertThat(classes(encoded)).isEqualTo("HCCCCCCCCP");
        }
    }

    @Test
    void readsHalfACharacterAsTheReplacementCharacter() {
        Rendered rendered = rendered("a", "\uD83D", "b" + SMILE);
        try (HfTokenizer tokenizer =
                TinyTokenizer.pairs(TinyTokenizer.RESPELL, "null").open()) {
            EncodedPrompt encoded = tokenizer.encode(rendered);
            assertThat(encoded.ids()).containsExactly(260, 242, 194, 192, 261, 243, 162, 155, 131);
            assertThat(classes(encoded)).isEqualTo("HCCCPPPPP");
        }
    }

    @Test
    void keepsSpacesInTheirClassWhateverThePostProcessorTrims() {
        TinyTokenizer tiny = TinyTokenizer.pairs(
                        "null",
                        """
                        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}""")
                .with(
                        "post_processor",
                        """
                        {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""");
        try (HfTokenizer tokenizer = tiny.open()) {
            // ab begins in the header; trimmed, the space would begin where the line break does.
            EncodedPrompt encoded = tokenizer.encode(rendered("a", "b ", "\nb<|u|>"));
            assertThat(encoded.ids()).startsWith(265, 269).endsWith(261, 268);
            assertThat(classes(encoded)).matches("HCP+");
        }
    }

    @Test
    void writesSpecialTokensOut() {
        try (HfTokenizer tokenizer = TinyTokenizer.pairs(TinyTokenizer.RESPELL, "null")
                .with("decoder", "{\"type\": \"Fuse\"}")
                .open()) {
            assertThat(tokenizer.decode(new int[] {1, 265, 268})).isEqualTo("<s>ab<|u|>");
        }
    }

    private static Rendered rendered(String header, String content, String post) {
        int contentEnd = header.length() + content.length();
        return new Rendered(
                header + content + post,
                List.of(
                        new Segment(0, header.length(), TokenClass.USER_HEADER),
                        new Segment(header.length(), contentEnd, TokenClass.CONTENT),
                        new Segment(contentEnd, contentEnd + post.length(), TokenClass.POST_INSTRUCTION)));
    }

    /** Ids of a text that the template wrote. */
    private static String written(HfTokenizer tokenizer, String text) {
        StringBuilder ids = new StringBuilder();
        for (int id : tokenizer.encode(rendered(text, "", "")).ids()) {
            ids.append(ids.isEmpty() ? "" : " ").append(id);
        }
        return ids.toString();
    }

    /** One letter a token: header, content, post-instruction. */
    private static String classes(EncodedPrompt encoded) {
        StringBuilder letters = new StringBuilder();
        for (TokenClass tokenClass : encoded.classes()) {
            letters.append(tokenClass == TokenClass.USER_HEADER ? "H" : tokenClass == TokenClass.CONTENT ? "C" : "P");
        }
        return letters.toString();
    }
}
