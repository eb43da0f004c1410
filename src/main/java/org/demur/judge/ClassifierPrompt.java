package org.demur.judge;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.demur.engine.HfTokenizer;
import org.demur.prompts.TemplateLayout.Rendered;
import org.demur.prompts.TemplateLayout.Segment;
import org.demur.prompts.TokenClass;

/**
 * A classifier's prompt with places for the two texts. Special tokens are recognised in the prompt alone: in the texts
 * they stay text, so a completion cannot end the classifier's turn.
 *
 * @param literals what stands before, between and after the places
 * @param isBehaviour per place, whether the user's text goes there; else the completion does
 * @param bos put in front; empty where the prompt holds it as text
 * @param isStripped whether white space around the texts is left out
 */
record ClassifierPrompt(List<String> literals, List<Boolean> isBehaviour, int[] bos, boolean isStripped)
        implements Serializable {
    static final String BEHAVIOUR = "{behavior}";
    static final String GENERATION = "{generation}";
    private static final Pattern PLACE = Pattern.compile("\\{(behavior|generation)}");

    static ClassifierPrompt parse(String text, int[] bos, boolean isStripped) {
        List<String> literals = new ArrayList<>();
        List<Boolean> isBehaviour = new ArrayList<>();
        Matcher place = PLACE.matcher(text);
        int end = 0;
        while (place.find()) {
            literals.add(text.substring(end, place.start()));
            isBehaviour.add(place.group().equals(BEHAVIOUR));
            end = place.end();
        }
        literals.add(text.substring(end));
        return new ClassifierPrompt(List.copyOf(literals), List.copyOf(isBehaviour), bos, isStripped);
    }

    /** The prompt's tokens; none if even an empty completion needs more than {@code limit_tokens}. */
    Optional<int[]> tokens(JudgedText text, HfTokenizer tokenizer, int limit_tokens) {
        int[] whole = tokens(text.prompt(), text.completion(), tokenizer);
        if (whole.length <= limit_tokens) {
            return Optional.of(whole);
        }
        // The start of a completion decides most, so its end is cut; the longest start that fits is searched for.
        int fits = -1;
        int tooLong = text.completion().codePointCount(0, text.completion().length());
        while (tooLong - fits > 1) {
            int middle = (fits + tooLong) >>> 1;
            if (tokens(text.prompt(), start(text.completion(), middle), tokenizer).length <= limit_tokens) {
                fits = middle;
            } else {
                tooLong = middle;
            }
        }
        return fits < 0
                ? Optional.empty()
                : Optional.of(tokens(text.prompt(), start(text.completion(), fits), tokenizer));
    }

    private static String start(String text, int codePoints) {
        return text.substring(0, text.offsetByCodePoints(0, codePoints));
    }

    private int[] tokens(String prompt, String completion, HfTokenizer tokenizer) {
        StringBuilder text = new StringBuilder();
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < literals.size(); i++) {
            add(text, segments, literals.get(i), TokenClass.SYSTEM);
            if (i < isBehaviour.size()) {
                String given = isBehaviour.get(i) ? prompt : completion;
                add(text, segments, isStripped ? given.strip() : given, TokenClass.CONTENT);
            }
        }
        int[] ids = tokenizer.encode(new Rendered(text.toString(), segments)).ids();
        return IntStream.concat(IntStream.of(bos), IntStream.of(ids)).toArray();
    }

    private static void add(StringBuilder text, List<Segment> segments, String part, TokenClass tokenClass) {
        if (!part.isEmpty()) {
            segments.add(new Segment(text.length(), text.length() + part.length(), tokenClass));
            text.append(part);
        }
    }
}
