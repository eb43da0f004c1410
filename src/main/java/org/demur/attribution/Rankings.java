package org.demur.attribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.StudyPrompt;

/** Makes the rankings of a run out of what its tasks found. */
final class Rankings {
    private final AttributionSettings settings;
    private final CosineFacts cosines;
    private final Attributions found;
    private final List<ShardFeatures> harmless;

    /**
     * @param found what the tasks over harmful prompts found
     * @param harmless features of harmless prompts; empty when no method compares with them
     */
    Rankings(AttributionSettings settings, CosineFacts cosines, Attributions found, List<ShardFeatures> harmless) {
        this.settings = settings;
        this.cosines = cosines;
        this.found = found;
        this.harmless = harmless;
    }

    /** Those that need no measurement. */
    List<Ranking> cheap() {
        return settings.rankings().stream()
                .filter(id -> !id.method().isMeasured())
                .map(this::of)
                .toList();
    }

    private Ranking of(RankingId id) {
        return switch (id.method()) {
            case LA_IG, AP, GRAD_ACT, IG -> Ranking.meanOf(id, used(id));
            case CS -> cosines.ranking();
            case ACTDIFF -> ActivationDifference.of(id.mode(), found.features(), harmless);
            case PROBE ->
                Ranking.shared(
                        id.method(),
                        id.mode(),
                        new SparseProbe(means(found.features()), means(harmless)).weights(settings.setSize()));
            case EXACT, GREEDY -> throw new IllegalArgumentException(id + " is measured");
        };
    }

    private static List<FeatureScores> means(List<ShardFeatures> shards) {
        return shards.stream().flatMap(shard -> shard.means().stream()).toList();
    }

    private List<PromptAttribution> used(RankingId id) {
        List<PromptAttribution> used = found.used(id);
        if (used.isEmpty()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "All " + found.skipped(id) + " attribution prompts were skipped in mode "
                            + id.mode().sqlName(),
                    "With the direction ablated the model still begins every answer with a refusal token, so there is"
                            + " no change to attribute.",
                    "Look at the bypass score of the selected direction; choose prompts that the model refuses.");
        }
        return used;
    }

    /** The prompts that have a metric, with its tokens. */
    List<MeasuredPrompt> measurable(List<StudyPrompt> prompts) {
        Map<String, PromptAttribution> byPrompt = new HashMap<>();
        for (PromptAttribution prompt : found.prompts()) {
            if (prompt.ranking().mode() == AttributionMode.CORRECTED && !prompt.skipped()) {
                byPrompt.putIfAbsent(prompt.setName() + '\n' + prompt.promptId(), prompt);
            }
        }
        List<MeasuredPrompt> measurable = new ArrayList<>();
        for (StudyPrompt prompt : prompts) {
            PromptAttribution known = byPrompt.get(prompt.setName() + '\n' + prompt.promptId());
            if (known != null) {
                measurable.add(new MeasuredPrompt(prompt, known.complianceToken(), known.refusalToken()));
            }
        }
        return measurable;
    }

    /** All of them in the order of the settings. */
    List<Ranking> ordered(List<Ranking> cheap, List<Ranking> measured) {
        List<RankingId> order = settings.rankings();
        List<Ranking> all = new ArrayList<>(cheap);
        all.addAll(measured);
        all.sort(Comparator.comparingInt(ranking -> order.indexOf(ranking.id())));
        return all;
    }
}
