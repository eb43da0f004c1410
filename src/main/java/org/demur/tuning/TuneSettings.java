package org.demur.tuning;

import java.util.List;
import java.util.stream.Stream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.demur.intervention.AnswerSettings;
import org.demur.intervention.GridRule;
import org.demur.judge.PhraseJudge;
import org.demur.judge.PhraseList;
import org.demur.losses.LossSettings;

/**
 * The section {@code tune} of a job file.
 *
 * @param prompts what choices are made on
 * @param grid interventions to choose from
 * @param answers how prompts are answered
 * @param judge who says what is refused
 * @param losses how the cost is measured
 * @param maxLoss nats per token that the upper bound of the change in cross-entropy stays below
 */
public record TuneSettings(
        Prompts prompts,
        List<GridRule> grid,
        AnswerSettings answers,
        PhraseJudge judge,
        LossSettings losses,
        double maxLoss) {

    /**
     * The prompts of tuning.
     *
     * @param sets prompt sets with the use {@code tune}; without any, nothing is tuned
     * @param maxPerSet prompts of each, at most
     * @param evaluatedSets sets that are evaluated later and whose texts must not be looked at
     */
    public record Prompts(List<String> sets, int maxPerSet, List<String> evaluatedSets) {
        private static Prompts from(ConfigSection section, PromptUses uses) {
            List<String> evaluated = Stream.of("test", "capability")
                    .flatMap(use -> of(uses, use))
                    .distinct()
                    .toList();
            List<String> sets = of(uses, "tune").toList();
            sets.stream().filter(evaluated::contains).findFirst().ifPresent(set -> {
                throw new JobException(
                        ExitCode.USAGE,
                        "The prompt set " + set + " has the use 'tune' beside 'test' or 'capability'",
                        "coefficients and set sizes chosen on prompts look too good on the same prompts",
                        "give tuning a set of its own, such as another share of the same file");
            });
            return new Prompts(sets, section.positive("max-prompts-per-set"), evaluated);
        }

        private static Stream<String> of(PromptUses uses, String use) {
            return uses.setsByUse().getOrDefault(use, List.of()).stream();
        }
    }

    /** Reads the section; every key has a default in {@code defaults/tune.conf}. */
    public static TuneSettings from(ConfigSection section, PromptUses uses) {
        Prompts prompts = Prompts.from(section, uses);
        ConfigSection judge = section.section("judge");
        double maxLoss = section.number("max-loss");
        if (!(maxLoss > 0)) {
            throw section.invalid("max-loss", "it is " + maxLoss + " and must be above 0", "write for example 0.1");
        }
        List<GridRule> grid =
                section.sections("grid").stream().map(GridRule::from).toList();
        if (grid.stream().anyMatch(GridRule::awaitsChoice)) {
            throw section.invalid("grid", "an entry says tuned, which only sweep.grid can", "write lists of numbers");
        }
        List<String> lossSets = uses.selectionSets().stream()
                .filter(set -> !prompts.evaluatedSets().contains(set))
                .toList();
        return new TuneSettings(
                prompts,
                grid,
                AnswerSettings.from(section),
                PhraseJudge.of(PhraseList.named(judge.string("list")), judge.positive("prefix-characters")),
                LossSettings.from(section.section("cross-entropy"), lossSets),
                maxLoss);
    }

    /** Whether there is anything to tune on. */
    boolean hasPrompts() {
        return !prompts.sets().isEmpty();
    }
}
