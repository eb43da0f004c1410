package org.demur.engine;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Tokenises text without looking for special tokens in it. */
final class PlainText implements AutoCloseable {
    private static final Map<String, String> OPTIONS = Map.of(
            "addSpecialTokens", "false",
            "truncation", "false",
            "padding", "false",
            "modelMaxLength", String.valueOf(Integer.MAX_VALUE),
            "maxLength", String.valueOf(Integer.MAX_VALUE));

    /**
     * Tokens of a stretch of text.
     *
     * @param ids token ids
     * @param starts where each begins, in UTF-16 units; tokens of one character begin at the same place
     */
    record Tokens(int[] ids, int[] starts) {}

    private final HuggingFaceTokenizer first;
    private final HuggingFaceTokenizer later;
    private final Map<Long, Integer> trueIds = new HashMap<>();

    PlainText(PlainTokenizerJson json) {
        first = open(json.ofFirstStretch());
        later = json.marksTheBeginning() ? open(json.ofLaterStretch()) : first;
        for (JsonNode added : json.plainAddedTokens()) {
            noteId(added.path("content").asText(), added.path("id").asInt());
        }
    }

    static HuggingFaceTokenizer open(String json) {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), OPTIONS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tokens of the beginning of a text. */
    Tokens beginning(String text) {
        return tokens(first, text);
    }

    /** Tokens of text that follows a special token. */
    Tokens continuation(String text) {
        return tokens(later, text);
    }

    @Override
    public void close() {
        first.close();
        if (later != first) {
            later.close();
        }
    }

    /** The library numbers added tokens in a row, so those behind a special token that was taken out move up. */
    private void noteId(String text, int id) {
        Encoding encoding = first.encode(text, false, false);
        boolean found = encoding.getIds().length == 1 && encoding.getTokens()[0].equals(text);
        if (found && encoding.getIds()[0] != id) {
            trueIds.put(encoding.getIds()[0], id);
        }
    }

    private Tokens tokens(HuggingFaceTokenizer tokenizer, String text) {
        String sound = withoutLoneSurrogates(text);
        Encoding encoding = tokenizer.encode(sound, false, false);
        long[] found = encoding.getIds();
        CharSpan[] spans = encoding.getCharTokenSpans();
        // The library counts code points, Java strings count UTF-16 units.
        int[] units = unitsOfCodePoints(sound);
        int[] ids = new int[found.length];
        int[] starts = new int[found.length];
        for (int i = 0; i < found.length; i++) {
            Integer moved = trueIds.isEmpty() ? null : trueIds.get(found[i]);
            ids[i] = moved == null ? (int) found[i] : moved;
            starts[i] =
                    spans[i] == null ? previous(starts, i) : Math.min(units[spans[i].getStart()], text.length() - 1);
        }
        return new Tokens(ids, starts);
    }

    private static int previous(int[] starts, int i) {
        return i == 0 ? 0 : starts[i - 1];
    }

    /** UTF-16 offset of each code point and of the end. */
    private static int[] unitsOfCodePoints(String text) {
        int[] units = new int[text.codePointCount(0, text.length()) + 1];
        int unit = 0;
        for (int point = 0; point < units.length; point++) {
            units[point] = unit;
            if (unit < text.length()) {
                unit += Character.charCount(text.codePointAt(unit));
            }
        }
        return units;
    }

    /** Half a character has no UTF-8: the library would read the whole text wrongly. */
    private static String withoutLoneSurrogates(String text) {
        StringBuilder sound = new StringBuilder(text);
        boolean changed = false;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            boolean pair = Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                sound.setCharAt(i, '\uFFFD');
                changed = true;
            }
        }
        return changed ? sound.toString() : text;
    }
}
