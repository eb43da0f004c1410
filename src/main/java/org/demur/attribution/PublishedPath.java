package org.demur.attribution;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;

/**
 * Attributions along the published path outside of a study, for benchmarks, which time what a task of the stage does.
 */
public final class PublishedPath {
    private final AttributionPlan plan;

    /** What is scored; every feature of every dictionary, and the cosine candidates of each layer. */
    public enum Scope {
        /** At every token. */
        EVERY_TOKEN,
        /** At the tokens that count, which is all that the published ranking of candidates uses. */
        COUNTED_TOKENS
    }

    /**
     * @param model what the prompts run through, for messages
     * @param saes folder with {@code layer=N} for each dictionary
     * @param direction whose ablation is the far end
     * @param sizes numbers of the work
     * @param scope what is scored
     */
    public PublishedPath(ModelSpec model, Path saes, SelectedDirection direction, Sizes sizes, Scope scope) {
        CosineFacts cosines = CosineFacts.read(saes, direction.vector_D(), sizes.candidatesPerLayer);
        AttributionSettings.Steps steps = new AttributionSettings.Steps(sizes.steps, sizes.steps);
        RankingId candidates = new RankingId(RankingMethod.LA_IG, AttributionMode.FAITHFUL);
        RankingId every =
                switch (scope) {
                    case EVERY_TOKEN -> new RankingId(RankingMethod.AP, AttributionMode.FAITHFUL);
                    case COUNTED_TOKENS -> new RankingId(RankingMethod.IG, AttributionMode.FAITHFUL);
                };
        List<RankingId> rankings = List.of(candidates, every);
        this.plan = new AttributionPlan(
                model,
                new TreeMap<>(cosines.slices()),
                saes.toString(),
                direction,
                new AttributionPlan.Paths(rankings, steps, Baseline.ABLATED, sizes.longestPrompt, false),
                sizes.tokenClasses,
                sizes.maxTokensPerBatch);
    }

    /**
     * Numbers of the work.
     *
     * @param candidatesPerLayer features of each layer scored by cosine
     * @param steps gradients along the path
     * @param longestPrompt tokens of the longest prompt
     * @param tokenClasses classes of the tokens over which candidates are averaged
     * @param maxTokensPerBatch tokens that one pass holds
     */
    public record Sizes(
            int candidatesPerLayer, int steps, int longestPrompt, Set<String> tokenClasses, int maxTokensPerBatch) {}

    /** Summed absolute scores, by prompt: of all features, then of the candidates. */
    public Map<String, double[]> of(LanguageModel model, List<StudyPrompt> prompts) {
        return AttributionTask.of(model, plan, prompts).prompts().stream()
                .collect(Collectors.groupingBy(
                        PromptAttribution::promptId,
                        TreeMap::new,
                        Collectors.collectingAndThen(Collectors.toList(), PublishedPath::sums)));
    }

    private static double[] sums(List<PromptAttribution> ofPrompt) {
        double[] sums = new double[2];
        for (PromptAttribution attribution : ofPrompt) {
            int at = attribution.ranking().method() == RankingMethod.LA_IG ? 1 : 0;
            for (double score : attribution.scores().values()) {
                sums[at] += Math.abs(score);
            }
        }
        return sums;
    }
}
