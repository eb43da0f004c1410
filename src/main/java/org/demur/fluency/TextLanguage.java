package org.demur.fluency;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which script and language a text is most likely in. A heuristic for runs of words, not for single ones: the script is
 * that of most letters, the language the one with most function words, if they make up a tenth of all words.
 *
 * @param script in lower case, such as latin or cyrillic; empty for a text without letters
 * @param scriptShare share of the letters that are of that script; 0 for a text without letters
 * @param language ISO 639-1; empty where the function words of no known language are frequent enough
 */
public record TextLanguage(String script, double scriptShare, String language) implements Serializable {
    /** Function words make up a third or more of running text in each of these languages, and few of scrambled text. */
    private static final double LEAST_SHARE = 0.1;

    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}']+");
    private static final Map<String, Set<String>> FUNCTION_WORDS = functionWords();

    /** Looks at a text of any length. */
    public static TextLanguage of(String text) {
        Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
        int total = 0;
        int[] codePoints = text.codePoints().filter(Character::isLetter).toArray();
        for (int letter : codePoints) {
            letters.merge(UnicodeScript.of(letter), 1, Integer::sum);
            total++;
        }
        if (total == 0) {
            return new TextLanguage("", 0, "");
        }
        Map.Entry<UnicodeScript, Integer> most = letters.entrySet().stream()
                .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                .orElseThrow();
        return new TextLanguage(
                most.getKey().name().toLowerCase(Locale.ROOT), (double) most.getValue() / total, language(text));
    }

    private static String language(String text) {
        List<String> words = NO_WORD.splitAsStream(text.replace('\u2019', '\'').toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .toList();
        String best = "";
        long most = 0;
        for (Map.Entry<String, Set<String>> language : FUNCTION_WORDS.entrySet()) {
            long found = words.stream().filter(language.getValue()::contains).count();
            if (found > most && found >= LEAST_SHARE * words.size()) {
                best = language.getKey();
                most = found;
            }
        }
        return best;
    }

    private static Map<String, Set<String>> functionWords() {
        Map<String, Set<String>> words = new LinkedHashMap<>();
        try (InputStream in = TextLanguage.class.getResourceAsStream("function-words.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] parts = line.split(":", 2);
                words.put(
                        parts[0],
                        Set.copyOf(Stream.of(parts[1].strip().split(" ")).toList()));
            });
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the function words", e);
        }
    }
}
