package org.demur.attribution;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
        return run(model, plan, prompts, List.of());
    }

    /** Runs the ablated model on the prompts as this mode wants it. */
    static Streams of(
            LanguageModel model,
            AttributionPlan plan,
            List<StudyPrompt> prompts,
            ForwardResult clean,
            AttributionMode mode) {
        SelectedDirection direction = plan.direction();
        float[] unit_D = SelectedDirection.unit(direction.vector_D());
        List<HookPoint> afterBlocks = AblationSites.points(List.of("resid_post"), direction.nLayers());
        ForwardResult patched =
                switch (mode) {
                    case CORRECTED -> run(model, plan, prompts, List.of(direction.ablation()));
                    case FAITHFUL -> run(model, plan, prompts, List.of(new Edit.AblateDirection(afterBlocks, unit_D)));
                };
        Map<Integer, float[][]> patch_TD = activations(patched, plan.layers(), prompts.size());
        Map<Integer, float[][]> target_TD =
                switch (mode) {
                    case CORRECTED -> patch_TD;
                    case FAITHFUL -> beforeOwnAblation(model, plan, prompts, unit_D);
                };
        int[] refusalTokens = new int[prompts.size()];
        int[] complianceTokens = new int[prompts.size()];
        for (int i = 0; i < refusalTokens.length; i++) {
            refusalTokens[i] = NextToken.mostProbable(clean.lastLogits(i), direction.refusalTokens());
            complianceTokens[i] = NextToken.mostProbable(patched.lastLogits(i));
        }
        return new Streams(
                activations(clean, plan.layers(), prompts.size()),
                target_TD,
                patch_TD,
                refusalTokens,
                complianceTokens);
    }

    private static ForwardResult run(
            LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts, List<Edit> edits) {
        Set<HookPoint> points = new TreeSet<>();
        plan.layers().forEach(layer -> points.add(HookPoint.residPost(layer)));
        return model.forward(
                sequences(prompts, edits),
                ForwardPlan.capture(points).withLastLogits().withMaxTokensPerBatch(plan.maxTokensPerBatch()));
    }

    /** The stream after each SAE layer with the direction ablated in the blocks before it only. */
    private static Map<Integer, float[][]> beforeOwnAblation(
            LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts, float[] unit_D) {
        Map<Integer, float[][]> streams = new HashMap<>();
        for (int layer : plan.layers()) {
            List<HookPoint> before = AblationSites.points(List.of("resid_post"), layer);
            List<Edit> edits = layer == 0 ? List.of() : List.of(new Edit.AblateDirection(before, unit_D));
            ForwardResult result = model.forward(
                    sequences(prompts, edits),
                    ForwardPlan.capture(Set.of(HookPoint.residPost(layer)))
                            .withMaxTokensPerBatch(plan.maxTokensPerBatch()));
            streams.putAll(activations(result, List.of(layer), prompts.size()));
        }
        return streams;
    }

    private static List<TokenSequence> sequences(List<StudyPrompt> prompts, List<Edit> edits) {
        return prompts.stream()
                .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                .toList();
    }

    /** Captured streams by layer, one array a prompt. */
    static Map<Integer, float[][]> activations(ForwardResult result, List<Integer> layers, int prompts) {
        Map<Integer, float[][]> byLayer = new HashMap<>();
        for (int layer : layers) {
            float[][] rows = new float[prompts][];
            for (int i = 0; i < prompts; i++) {
                rows[i] = result.activation(i, HookPoint.residPost(layer));
            }
            byLayer.put(layer, rows);
        }
        return byLayer;
    }
}
