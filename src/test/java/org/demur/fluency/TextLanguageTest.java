package org.demur.fluency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextLanguageTest {
    @ParameterizedTest
    @CsvSource({
        "en, 'I can\u2019t help you with that, but here is a way to look at it.'",
        "de, 'Ich kann das nicht tun, aber hier ist eine andere Antwort auf die Frage.'",
        "fr, 'Je ne peux pas vous aider avec cela, mais il y a une autre solution.'",
        "es, 'No puedo ayudar con eso, pero hay una respuesta para la pregunta.'",
        "nl, 'Ik kan je daar niet mee helpen, maar het is wel een goede vraag.'"
    })
    void functionWordsNameTheLanguage(String language, String text) {
        assertThat(TextLanguage.of(text)).isEqualTo(new TextLanguage("latin", 1, language));
    }

    @Test
    void scrambledWordsHaveNone() {
        assertThat(TextLanguage.of("table green seven window quickly broken stone harbour engine lamp")
                        .language())
                .isEmpty();
    }

    @Test
    void theScriptIsThatOfMostLetters() {
        assertThat(TextLanguage.of("Привет, это ok").script()).isEqualTo("cyrillic");
        assertThat(TextLanguage.of("Привет, это ok").scriptShare()).isEqualTo(9 / 11.0);
        assertThat(TextLanguage.of("你好世界").script()).isEqualTo("han");
    }

    @Test
    void noLettersNoScript() {
        assertThat(TextLanguage.of("42 + 1 = 43!")).isEqualTo(new TextLanguage("", 0, ""));
        assertThat(TextLanguage.of("")).isEqualTo(new TextLanguage("", 0, ""));
    }
}
