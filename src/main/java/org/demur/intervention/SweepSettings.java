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
 * @param answers how prompts are answered
 * @param heldOut which prompts may not be answered
 */
public record SweepSettings(
        List<String> sets, int maxPromptsPerSet, List<GridRule> grid, AnswerSettings answers, HeldOutRule heldOut) {

    /** Reads the section; every key has a default in {@code defaults/sweep.conf}. */
    public static SweepSettings from(ConfigSection section, PromptUses uses) {
        List<GridRule> grid =
                section.sections("grid").stream().map(GridRule::from).toList();
        if (grid.isEmpty()) {
            throw section.invalid("grid", "it has no entries", "name an intervention, { method = none } at least");
        }
        requireKnown(section, grid, uses.sets("test"));
        if (awaitsChoice(grid)
                && uses.setsByUse().getOrDefault("tune", List.of()).isEmpty()) {
            throw section.invalid(
                    "grid",
                    "an entry says tuned, and no prompt set has the use 'tune'",
                    "give that use to a set whose prompts are in no test set, or write numbers");
        }
        return new SweepSettings(
                uses.sets("test"),
                section.positive("max-prompts-per-set"),
                grid,
                AnswerSettings.from(section).stopping(EarlyStop.from(section.section("early-stop"))),
                HeldOutRule.from(section, uses));
    }

    private static void requireKnown(ConfigSection section, List<GridRule> grid, List<String> testSets) {
        for (GridRule rule : grid) {
            for (String set : rule.targets().sets()) {
                if (!testSets.contains(set)) {
                    throw section.invalid(
                            "grid",
                            "an entry names the prompt set '" + set + "', which has not the use 'test'",
                            "name some of " + String.join(", ", testSets));
                }
            }
        }
    }

    /** Whether its cells are known only after tuning. */
    boolean awaitsChoice() {
        return awaitsChoice(grid);
    }

    private static boolean awaitsChoice(List<GridRule> grid) {
        return grid.stream().anyMatch(GridRule::awaitsChoice);
    }
}
