package org.demur.attribution;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.cells.AblationSites;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import org.demur.refusal.NextToken;

/**
 * The two ends of the path for a shard of prompts: the untouched stream, and the one with the direction ablated.
 *
 * @param clean_TD by layer, one [T, d] array a prompt
 * @param target_TD far end of the path, likewise
 * @param patch_TD stream that the patched features are read from; the target except in the faithful mode
 * @param refusalTokens most probable refusal token of each prompt
 * @param complianceTokens most probable token of each prompt with the direction ablated
 */
record Streams(
        Map<Integer, float[][]> clean_TD,
        Map<Integer, float[][]> target_TD,
        Map<Integer, float[][]> patch_TD,
        int[] refusalTokens,
        int[] complianceTokens) {

    /** The untouched run, which every mode starts from. */
    static ForwardResult clean(LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts) {
        return run(model, plan, prompts, List.of(), plan.points());
    }

    /**
     * The ablated run of a mode. Where both modes ablate at the same points, it is the same for both.
     */
    static ForwardResult ablated(
            LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts, AttributionMode mode) {
        SelectedDirection direction = plan.direction();
        List<Edit> edits = List.of(
                new Edit.AblateDirection(ablationPoints(plan, mode), SelectedDirection.unit(direction.vector_D())));
        return run(model, plan, prompts, edits, new OwnAblation(plan.points()).captured());
    }

    /** Where a mode ablates: where the direction stage does, or after every block as published. */
    static List<HookPoint> ablationPoints(AttributionPlan plan, AttributionMode mode) {
        SelectedDirection direction = plan.direction();
        return switch (mode) {
            case CORRECTED -> AblationSites.points(direction.ablateSites(), direction.nLayers());
            case FAITHFUL -> AblationSites.points(List.of("resid_post"), direction.nLayers());
        };
    }

    /** Both ends as this mode wants them, from the untouched run and the mode's ablated run. */
    static Streams of(
            AttributionPlan plan, ForwardResult clean, ForwardResult ablated, int prompts, AttributionMode mode) {
        SelectedDirection direction = plan.direction();
        Map<Integer, float[][]> patch_TD = activations(ablated, plan.points(), prompts);
        Map<Integer, float[][]> target_TD =
                switch (mode) {
                    case CORRECTED -> patch_TD;
                    case FAITHFUL -> new OwnAblation(plan.points()).before(ablated, prompts);
                };
        int[] refusalTokens = new int[prompts];
        int[] complianceTokens = new int[prompts];
        for (int i = 0; i < refusalTokens.length; i++) {
            refusalTokens[i] = NextToken.mostProbable(clean.lastLogits(i), direction.refusalTokens());
            complianceTokens[i] = NextToken.mostProbable(ablated.lastLogits(i));
        }
        return new Streams(
                activations(clean, plan.points(), prompts), target_TD, patch_TD, refusalTokens, complianceTokens);
    }

    /** The same with a stream of zeros as the far end. */
    Streams towardsZero() {
        Map<Integer, float[][]> zeros = new HashMap<>();
        clean_TD.forEach((layer, rows) -> zeros.put(
                layer, Arrays.stream(rows).map(row -> new float[row.length]).toArray(float[][]::new)));
        return new Streams(clean_TD, zeros, patch_TD, refusalTokens, complianceTokens);
    }

    private static ForwardResult run(
            LanguageModel model,
            AttributionPlan plan,
            List<StudyPrompt> prompts,
            List<Edit> edits,
            Set<HookPoint> captured) {
        return model.forward(
                sequences(prompts, edits),
                ForwardPlan.capture(captured).withLastLogits().withMaxTokensPerBatch(plan.maxTokensPerBatch()));
    }

    private static List<TokenSequence> sequences(List<StudyPrompt> prompts, List<Edit> edits) {
        return prompts.stream()
                .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                .toList();
    }

    /** Captured streams by layer, one array a prompt. */
    static Map<Integer, float[][]> activations(ForwardResult result, Set<HookPoint> points, int prompts) {
        Map<Integer, float[][]> byLayer = new HashMap<>();
        for (HookPoint at : points) {
            float[][] rows = new float[prompts][];
            for (int i = 0; i < prompts; i++) {
                rows[i] = result.activation(i, at);
            }
            byLayer.put(at.layer(), rows);
        }
        return byLayer;
    }
}
