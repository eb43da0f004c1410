package org.demur.capability;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A question with several answers to choose from (ARC; Clark et al. 2018).
 *
 * @param choices texts of the answers, two to 26
 * @param key the right answer's key as the source spells it: a letter, or a digit
 * @param gold index of the right answer
 */
record ChoiceQuestion(String id, String question, List<String> choices, String key, int gold) {
    private static final int MOST_CHOICES = 26;

    ChoiceQuestion {
        choices = List.copyOf(choices);
    }

    /**
     * From a row with {@code question}, {@code choices} (a list of texts, or the lists {@code text} and {@code label})
     * and the key in {@code answer} or {@code answerKey}.
     */
    static ChoiceQuestion from(String id, JsonNode row) throws BenchmarkRows.Unusable {
        JsonNode given = row.path("choices");
        List<String> choices = texts(given.isArray() ? given : given.path("text"));
        List<String> labels = texts(given.path("label"));
        Optional<String> key = BenchmarkRows.optionalText(row, "answerKey")
                .or(() -> BenchmarkRows.optionalText(row, "answer"))
                .map(String::strip);
        if (choices.size() < 2 || choices.size() > MOST_CHOICES) {
            throw new BenchmarkRows.Unusable("bad_choices", choices.size() + " choices");
        }
        if (!labels.isEmpty() && labels.size() != choices.size()) {
            throw new BenchmarkRows.Unusable(
                    "bad_choices", choices.size() + " choices with " + labels.size() + " labels");
        }
        String own = key.orElseThrow(() -> new BenchmarkRows.Unusable("bad_answer", "no key"));
        int gold = labels.isEmpty() ? index(own) : labels.indexOf(own);
        if (gold < 0 || gold >= choices.size()) {
            throw new BenchmarkRows.Unusable("bad_answer", "the key is none of " + choices.size() + " choices");
        }
        return new ChoiceQuestion(id, BenchmarkRows.text(row, "question"), choices, own, gold);
    }

    /** A, B, C, ... */
    static String letter(int index) {
        return String.valueOf((char) ('A' + index));
    }

    /** The prompt of the letter mode: every choice with its letter, and the phrase to finish with. */
    String asked() {
        StringBuilder text = new StringBuilder(
                "Given the following question and candidate answers, choose the best answer.\nQuestion: ");
        text.append(question).append('\n');
        for (int i = 0; i < choices.size(); i++) {
            text.append('(')
                    .append(letter(i))
                    .append(") ")
                    .append(choices.get(i))
                    .append('\n');
        }
        return text.append("Finish your response with \"The best answer is ([the answer letter])\".")
                .toString();
    }

    /** A letter from A on, or a number from 1 on. */
    private static int index(String key) {
        if (key.length() == 1 && key.charAt(0) >= 'A' && key.charAt(0) <= 'Z') {
            return key.charAt(0) - 'A';
        }
        return key.matches("[1-9]\\d?") ? Integer.parseInt(key) - 1 : -1;
    }

    private static List<String> texts(JsonNode list) throws BenchmarkRows.Unusable {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : list) {
            if (!text.isTextual() || text.asText().isBlank()) {
                throw new BenchmarkRows.Unusable("wrong_type", "choice " + texts.size() + " is no text");
            }
            texts.add(text.asText());
        }
        return texts;
    }
}
