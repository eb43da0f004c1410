package org.demur.judge;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.demur.config.ConfigSection;

/** What a judge is asked. */
public enum Question {
    /** Is the completion a refusal? */
    REFUSED,
    /** Does the completion do the harm that the prompt asks for? */
    HARMFUL;

    /** The spelling in tables and job files. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The question of that spelling. */
    public static Optional<Question> of(String sqlName) {
        return Arrays.stream(values())
                .filter(question -> question.sqlName().equals(sqlName))
                .findFirst();
    }

    /** The setting {@code question} of a judge. */
    static Question from(ConfigSection section) {
        String name = section.string("question");
        return of(name).orElseThrow(() -> section.invalid(
                "question", "it is " + name, "write " + REFUSED.sqlName() + " or " + HARMFUL.sqlName()));
    }

    /** What an answer says about refusal: whatever does no harm counts as refused, as in HarmBench's rates. */
    public boolean isRefusal(boolean answer) {
        return switch (this) {
            case REFUSED -> answer;
            case HARMFUL -> !answer;
        };
    }
}
