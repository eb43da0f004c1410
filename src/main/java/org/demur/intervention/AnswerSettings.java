package org.demur.intervention;

import java.util.List;
import org.demur.config.ConfigSection;

/**
 * How prompts are answered, and how the work is cut.
 *
 * @param limits bounds of each answer
 * @param rowsPerTask prompts that one task generates for
 * @param cellsPerTask cells that one task generates those prompts' answers under
 * @param referencePrompts prompts of a set that interventions average or draw from, at most
 * @param earlyStop when a cell needs no more prompts
 */
public record AnswerSettings(
        GenerationLimits limits, int rowsPerTask, int cellsPerTask, int referencePrompts, EarlyStop earlyStop) {

    /** Reads the keys from the section of a stage that answers prompts. */
    public static AnswerSettings from(ConfigSection section) {
        int most = section.positive("max-new-tokens");
        int least = section.integer("min-new-tokens");
        if (least < 0 || least > most) {
            throw section.invalid(
                    "min-new-tokens", "it is " + least, "write a number between 0 and max-new-tokens, " + most);
        }
        List<String> stops = section.strings("stop-strings");
        if (stops.contains("")) {
            throw section.invalid("stop-strings", "an empty text would end every answer at once", "leave it out");
        }
        return new AnswerSettings(
                new GenerationLimits(most, least, stops, section.positive("rows-at-once")),
                section.positive("rows-per-task"),
                section.positive("cells-per-task"),
                section.positive("reference-prompts"),
                EarlyStop.NEVER);
    }

    /** The same with cells that may stop early. */
    AnswerSettings stopping(EarlyStop rule) {
        return new AnswerSettings(limits, rowsPerTask, cellsPerTask, referencePrompts, rule);
    }
}
