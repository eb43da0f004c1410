package org.demur.intervention;

import java.util.List;
import org.demur.cells.HeldOutRule;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;

/**
 * The section {@code sweep} of a job file.
 *
 * @param sets prompt sets with the use {@code test}
 * @param maxPromptsPerSet prompts of each set, at most
 * @param grid interventions
 * @param maxNewTokens tokens generated, at most
 * @param minNewTokens tokens before which the model may not end its turn
 * @param stopStrings texts that end an answer and are cut off
 * @param rowsPerTask prompts that one task generates for
 * @param cellsPerTask cells that one task generates those prompts' answers under
 * @param rowsAtOnce answers that grow side by side
 * @param referencePrompts prompts of a set that interventions average or draw from, at most
 * @param heldOut which prompts may not be answered
 */
public record SweepSettings(
        List<String> sets,
        int maxPromptsPerSet,
        List<GridRule> grid,
        int maxNewTokens,
        int minNewTokens,
        List<String> stopStrings,
        int rowsPerTask,
        int cellsPerTask,
        int rowsAtOnce,
        int referencePrompts,
        HeldOutRule heldOut) {

    /** Reads the section; every key has a default in {@code defaults/sweep.conf}. */
    public static SweepSettings from(ConfigSection section, PromptUses uses) {
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
        return new SweepSettings(
                uses.sets("test"),
                section.positive("max-prompts-per-set"),
                section.sections("grid").stream().map(GridRule::from).toList(),
                most,
                least,
                stops,
                section.positive("rows-per-task"),
                section.positive("cells-per-task"),
                section.positive("rows-at-once"),
                section.positive("reference-prompts"),
                HeldOutRule.from(section, uses));
    }
}
