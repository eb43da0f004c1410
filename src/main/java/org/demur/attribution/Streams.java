package org.demur.attribution;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.cells.AblationSites;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
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
        Map<Integer, float[][]> patch_TD = activations(patched, plan.points(), prompts.size());
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
                activations(clean, plan.points(), prompts.size()),
                target_TD,
                patch_TD,
                refusalTokens,
                complianceTokens);
    }

    private static ForwardResult run(
            LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts, List<Edit> edits) {
        return model.forward(
                sequences(prompts, edits),
                ForwardPlan.capture(plan.points()).withLastLogits().withMaxTokensPerBatch(plan.maxTokensPerBatch()));
    }

    /**
     * The stream that each SAE reads with the direction ablated after the blocks before it only. The stream that enters a
     * block is the one that left the block before, so the ablation there is the SAE's own.
     */
    private static Map<Integer, float[][]> beforeOwnAblation(
            LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts, float[] unit_D) {
        Map<Integer, float[][]> streams = new HashMap<>();
        for (HookPoint at : plan.points()) {
            int blocks = at.site() == Site.RESID_PRE ? at.layer() - 1 : at.layer();
            List<HookPoint> before = AblationSites.points(List.of("resid_post"), blocks);
            List<Edit> edits = before.isEmpty() ? List.of() : List.of(new Edit.AblateDirection(before, unit_D));
            ForwardResult result = model.forward(
                    sequences(prompts, edits),
                    ForwardPlan.capture(Set.of(at)).withMaxTokensPerBatch(plan.maxTokensPerBatch()));
            streams.putAll(activations(result, Set.of(at), prompts.size()));
        }
        return streams;
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
