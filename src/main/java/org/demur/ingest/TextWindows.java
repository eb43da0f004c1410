package org.demur.ingest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.demur.engine.HfTokenizer;

/**
 * Cuts a plain text file into windows of a fixed number of tokens, without overlap; the last one may be shorter, and
 * is dropped when it has fewer than two tokens. A window's line is the one on which it begins.
 */
final class TextWindows {
    private static final int MIN_TOKENS = 2;

    private final HfTokenizer tokenizer;

    TextWindows(HfTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Hands over window after window until the text ends or {@code sink} answers false. */
    void read(PromptSet set, Predicate<TokenisedRow> sink) {
        int[] ids = tokenizer.encodeText(text(set));
        int window = set.limits().windowTokens();
        long line = 1;
        for (int from = 0; from + MIN_TOKENS <= ids.length; from += window) {
            int[] own = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + window));
            String text = tokenizer.decode(own);
            String id = String.format(Locale.ROOT, "%s:%05d", set.fileName(), from / window);
            SourceRow.Read row = new SourceRow.Read(line, id, text, "", "", "", Map.of());
            if (!sink.test(PromptEncoder.text(row, own))) {
                return;
            }
            line += text.chars().filter(character -> character == '\n').count();
        }
    }

    private static String text(PromptSet set) {
        try {
            return String.join("\n", Files.readAllLines(set.path(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw SourceFile.unreadable(set.path(), e);
        }
    }
}
