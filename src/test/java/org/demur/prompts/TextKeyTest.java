package org.demur.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextKeyTest {
    private static final String ORIGINAL = "Don't mix bread, salt and wine!";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DON'T MIX BREAD, SALT AND WINE",
                "don\u2019t mix bread salt and wine.",
                "Dont mix bread, salt and wine!!",
                "  Don\u00B4t\tmix\nbread,  salt and wine! ",
                "\u201CDon`t mix bread; salt \u2014 and wine?\u201D",
                "Don't mix br\u200Bead, salt and wi\u00ADne!",
                "Don't mix \uFF42\uFF52\uFF45\uFF41\uFF44, salt and wine!"
            })
    void spellingsOfOneTextHaveOneKey(String copy) {
        assertThat(TextKey.of(copy)).isEqualTo(TextKey.of(ORIGINAL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Don't mix bread, salt or wine!",
                "Don't mix bread, salt and wine twice!",
                "Do mix bread, salt and wine!",
                "bread mix Don't, salt and wine!"
            })
    void otherWordsHaveAnotherKey(String other) {
        assertThat(TextKey.of(other)).isNotEqualTo(TextKey.of(ORIGINAL));
    }

    @Test
    void lettersMeetInAllTheirForms() {
        assertThat(TextKey.of("STRASSE \u039F\u0394\u039F\u03A3"))
                .isEqualTo(TextKey.of("stra\u00DFe \u03BF\u03B4\u03BF\u03C2"));
        assertThat(TextKey.of("caf\u00E9")).isEqualTo(TextKey.of("cafe\u0301")).isNotEqualTo(TextKey.of("cafe"));
    }

    @Test
    void textsWithoutWordsAreTakenAsTheyAre() {
        assertThat(TextKey.of("?!")).isNotEqualTo(TextKey.of("+-")).isEqualTo(TextKey.of(" ?! "));
    }

    @Test
    void placesAreSpreadEvenly() {
        long low = IntStream.range(0, 4000)
                .mapToDouble(i -> TextKey.of("prompt " + i).place())
                .peek(place -> assertThat(place).isBetween(0.0, 1.0).isLessThan(1))
                .filter(place -> place < 0.25)
                .count();

        // Four standard deviations of a binomial count with p = 1/4.
        assertThat((double) low).isCloseTo(1000, within(110.0));
    }

    /** The digest's first 64 bits were taken with Python's hashlib from the words "bread and salt". */
    @Test
    void theDigestIsThatOfTheWords() {
        assertThat(Long.toHexString(TextKey.of("Bread, and SALT.").high())).isEqualTo("7229ecb8d3d09492");
    }
}
