package org.demur.tuning;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.HeldOut;
import org.demur.cells.HeldOutRule;
import org.demur.cells.PromptSample;
import org.demur.cells.StudyPrompt;
import org.demur.losses.HarmlessTexts;
import org.demur.losses.ScoredText;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** What tuning may look at: nothing that is evaluated later, by {@link HeldOut}'s comparison of texts. */
final class TuningPrompts {
    private final StageContext context;
    private final TuneSettings settings;
    private final Dataset<Row> prompts;

    TuningPrompts(StageContext context, TuneSettings settings) {
        this.context = context;
        this.settings = settings;
        this.prompts = context.warehouse().read(Table.PROMPTS, context.input("prompts"));
    }

    /**
     * The prompts of every set with the use {@code tune}.
     *
     * @throws JobException with BAD_DATA if one of them is evaluated later too, or has no label
     */
    Map<String, List<StudyPrompt>> bySet() {
        Map<String, List<StudyPrompt>> bySet = new LinkedHashMap<>();
        for (String set : settings.prompts().sets()) {
            List<StudyPrompt> drawn =
                    PromptSample.draw(context, List.of(set), settings.prompts().maxPerSet(), "tune-" + set);
            drawn.forEach(Aim::of);
            bySet.put(set, drawn);
        }
        requireUnevaluated(bySet);
        return bySet;
    }

    /** Harmless texts with responses from sets that serve selection, without those that are evaluated later. */
    List<ScoredText> harmlessTexts() {
        Dataset<Row> unevaluated = evaluated(settings.losses().sets())
                .mark(context.spark(), prompts)
                .where("NOT used_for_selection")
                .drop("used_for_selection");
        return HarmlessTexts.draw(unevaluated, settings.losses(), context.seed());
    }

    /** The prompts of these sets that also stand in sets that are evaluated later. */
    private HeldOut evaluated(List<String> sets) {
        return HeldOut.of(prompts, new HeldOutRule(settings.prompts().evaluatedSets(), false), sets);
    }

    private void requireUnevaluated(Map<String, List<StudyPrompt>> bySet) {
        Map<HeldOut.Id, Set<String>> evaluated =
                evaluated(settings.prompts().sets()).usedBy();
        Map<String, Integer> counts = new TreeMap<>();
        Set<String> places = new TreeSet<>();
        bySet.values().stream().flatMap(List::stream).forEach(prompt -> {
            Set<String> found = evaluated.getOrDefault(new HeldOut.Id(prompt.setName(), prompt.promptId()), Set.of());
            if (!found.isEmpty()) {
                counts.merge(prompt.setName(), 1, Integer::sum);
                places.addAll(found);
            }
        });
        if (!counts.isEmpty()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "Stage tune would choose on prompts that are evaluated later: " + counts + " stand in "
                            + String.join(", ", places),
                    "coefficients and set sizes chosen on prompts look too good on the same prompts",
                    "add drop-in = [" + String.join(", ", places)
                            + "] to the sets with the use 'tune' under prompts.sets, or give them another share");
        }
    }
}
