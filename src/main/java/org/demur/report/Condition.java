package org.demur.report;

import java.util.Arrays;
import java.util.Optional;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.Tone;

/** What the headline compares, in the order it is shown. */
enum Condition {
    BASE("base", "No intervention", Tone.BASE),
    DIRECTION("direction", "Refusal direction removed", Tone.DIRECTION),
    FEATURES("features", "F* suppressed", Tone.FEATURES),
    FEATURES_OF_PROMPT("features_of_prompt", "F* of each prompt suppressed", Tone.FEATURES),
    RANDOM("random", "Random features suppressed", Tone.RANDOM),
    ADDITION("addition", "Refusal direction added", Tone.SKY);

    private final String sqlName;
    private final String label;
    private final Tone tone;

    Condition(String sqlName, String label, Tone tone) {
        this.sqlName = sqlName;
        this.label = label;
        this.tone = tone;
    }

    String sqlName() {
        return sqlName;
    }

    String label() {
        return label;
    }

    Tone tone() {
        return tone;
    }

    static Condition of(ResultRow row) {
        return Arrays.stream(values())
                .filter(condition -> condition.sqlName.equals(row.text("condition")))
                .findFirst()
                .orElseThrow();
    }

    /** A few words on how it was done, from the columns of {@link HeadlineQuery}. */
    String note(ResultRow row) {
        return switch (this) {
            case BASE -> "the model as it is";
            case DIRECTION -> "at every layer and token";
            case FEATURES, FEATURES_OF_PROMPT ->
                row.whole("n_features") + " features × " + Numbers.plain(row.number("coefficient"));
            case RANDOM ->
                row.whole("n_features") + " features × " + Numbers.plain(row.number("coefficient"))
                        + Optional.of(row.whole("cells"))
                                .filter(cells -> cells > 1)
                                .map(cells -> ", strongest of " + cells + " sets")
                                .orElse("");
            case ADDITION -> "× " + Numbers.plain(row.number("coefficient"));
        };
    }
}
