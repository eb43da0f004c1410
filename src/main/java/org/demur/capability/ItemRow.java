package org.demur.capability;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A row of the table {@code capability_items}, spelled as JSON in the parts that a stopped stage leaves behind. */
record ItemRow(
        @JsonProperty("benchmark") String benchmark,
        @JsonProperty("item_id") String itemId,
        @JsonProperty("intervention_id") String interventionId,
        @JsonProperty("method") String method,
        @JsonProperty("feature_set") String featureSet,
        @JsonProperty("n_features") int nFeatures,
        @JsonProperty("coefficient") Double coefficient,
        @JsonProperty("metric") String metric,
        @JsonProperty("mode") String mode,
        @JsonProperty("correct") Boolean correct,
        @JsonProperty("answer") String answer,
        @JsonProperty("tokens") int tokens,
        @JsonProperty("text_tokens") int textTokens,
        @JsonProperty("value") Double value,
        @JsonProperty("base_value") Double baseValue) {
    private static final int MOST_CHARACTERS = 32;

    /** Where a value belongs. */
    record Place(String benchmark, String itemId, Treatment treatment) {}

    /**
     * Whether an item was answered rightly.
     *
     * @param answer what was extracted, empty when nothing was; cut if it is long
     * @param tokens generated or scored for it
     */
    static ItemRow answered(Place place, String mode, String answer, boolean isCorrect, int tokens) {
        String kept = answer.codePointCount(0, answer.length()) > MOST_CHARACTERS
                ? answer.substring(0, answer.offsetByCodePoints(0, MOST_CHARACTERS))
                : answer;
        return of(
                place, new Measured("accuracy", mode, isCorrect, kept.isEmpty() ? null : kept, tokens, 0, null, null));
    }

    /** A sum over {@code tokens} tokens or positions of a text of {@code textTokens}, with and without the intervention. */
    static ItemRow summed(Place place, String metric, Sum sum) {
        return of(
                place,
                new Measured(metric, "sum", null, null, sum.tokens(), sum.textTokens(), sum.value(), sum.baseValue()));
    }

    /** A sum over the tokens of a text, in nats. */
    record Sum(int tokens, int textTokens, double value, double baseValue) {}

    private record Measured(
            String metric,
            String mode,
            Boolean correct,
            String answer,
            int tokens,
            int textTokens,
            Double value,
            Double baseValue) {}

    private static ItemRow of(Place place, Measured measured) {
        Treatment by = place.treatment();
        return new ItemRow(
                place.benchmark(),
                place.itemId(),
                by.id(),
                by.cell().method(),
                by.featureSet(),
                by.cell().nFeatures(),
                by.coefficient(),
                measured.metric(),
                measured.mode(),
                measured.correct(),
                measured.answer(),
                measured.tokens(),
                measured.textTokens(),
                measured.value(),
                measured.baseValue());
    }
}
