package org.demur.attribution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;

/**
 * Measures what scaling sets of features to 0 at every token does to the metric. The blocks below a set's first layer run once
 * a prompt, for all sets; a set of which no feature fires on a prompt has the effect 0 there and does not run.
 */
final class SetEffects {
    /** Rows of one request: their logits over the whole vocabulary exist at once. */
    private static final int ROWS = 64;

    private final LanguageModel model;
    private final FeaturePool pool;
    private final int maxTokensPerBatch;

    SetEffects(LanguageModel model, FeaturePool pool, int maxTokensPerBatch) {
        this.model = model;
        this.pool = pool;
        this.maxTokensPerBatch = maxTokensPerBatch;
    }

    /** One set on one prompt; from where it starts, and with which edits. */
    private record Trial(int prompt, int set, List<Edit> edits) {}

    /** Change of the metric, by prompt and set. */
    double[][] of(List<MeasuredPrompt> prompts, List<List<FeatureId>> sets) {
        TreeSet<HookPoint> points = new TreeSet<>();
        List<Map<Integer, FeatureSlice>> slices = new ArrayList<>();
        sets.forEach(set -> slices.add(joined(set)));
        slices.forEach(byLayer -> byLayer.values().forEach(slice -> points.add(slice.at())));
        ForwardResult clean = model.forward(
                prompts.stream()
                        .map(prompt -> TokenSequence.plain(prompt.prompt().tokenIds()))
                        .toList(),
                plan(ForwardPlan.capture(points)));
        Map<HookPoint, List<Trial>> byStart = new TreeMap<>();
        for (int set = 0; set < sets.size(); set++) {
            List<Edit> edits = new ArrayList<>();
            slices.get(set)
                    .values()
                    .forEach(slice -> edits.add(new Edit.EditFeatures(slice.at(), slice, new FeatureRule.Scale(0))));
            HookPoint start = edits.get(0).points().get(0);
            for (int p = 0; p < prompts.size(); p++) {
                if (slices.get(set).size() > 1 || fires(slices.get(set), clean, p)) {
                    byStart.computeIfAbsent(start, at -> new ArrayList<>()).add(new Trial(p, set, edits));
                }
            }
        }
        double[][] effects = new double[prompts.size()][sets.size()];
        byStart.forEach((start, trials) -> run(start, trials, new Measured(prompts, clean, effects)));
        return effects;
    }

    private record Measured(List<MeasuredPrompt> prompts, ForwardResult clean, double[][] effects) {}

    private void run(HookPoint start, List<Trial> trials, Measured measured) {
        for (int from = 0; from < trials.size(); from += ROWS) {
            List<Trial> part = trials.subList(from, Math.min(trials.size(), from + ROWS));
            List<TokenSequence> rows = part.stream()
                    .map(trial -> new TokenSequence(
                            measured.prompts.get(trial.prompt).prompt().tokenIds(), trial.edits))
                    .toList();
            List<float[]> starts = part.stream()
                    .map(trial -> measured.clean.activation(trial.prompt, start))
                    .toList();
            ForwardResult edited =
                    model.forward(rows, plan(ForwardPlan.nothing().startingAt(start, starts)));
            for (int i = 0; i < part.size(); i++) {
                Trial trial = part.get(i);
                MeasuredPrompt prompt = measured.prompts.get(trial.prompt);
                measured.effects[trial.prompt][trial.set] =
                        prompt.metric(edited.lastLogits(i)) - prompt.metric(measured.clean.lastLogits(trial.prompt));
            }
        }
    }

    private ForwardPlan plan(ForwardPlan what) {
        return what.withLastLogits().withMaxTokensPerBatch(maxTokensPerBatch);
    }

    private Map<Integer, FeatureSlice> joined(List<FeatureId> set) {
        Map<Integer, List<FeatureId>> byLayer = new TreeMap<>();
        set.forEach(id ->
                byLayer.computeIfAbsent(id.layer(), layer -> new ArrayList<>()).add(id));
        Map<Integer, FeatureSlice> slices = new TreeMap<>();
        byLayer.forEach((layer, ids) -> slices.put(layer, pool.joined(ids)));
        return slices;
    }

    /** Whether a feature of the one layer fires; with several layers, what the lower one does can wake the upper one. */
    private static boolean fires(Map<Integer, FeatureSlice> slices, ForwardResult clean, int prompt) {
        Map<Integer, Boolean> firing = new HashMap<>();
        slices.forEach((layer, slice) -> {
            for (double f : FeatureKernel.activations(slice, clean.activation(prompt, slice.at()))) {
                firing.merge(layer, f > 0, Boolean::logicalOr);
            }
        });
        return firing.containsValue(true);
    }
}
