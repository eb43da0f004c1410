package org.demur.attribution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.demur.cells.StudyPrompt;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.engine.GradientPlan;
import org.demur.engine.GradientPlan.LogitDifference;
import org.demur.engine.GradientResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;

/**
 * Mean gradient of the metric along the path from the clean to the ablated stream. All steps of all prompts are rows of
 * one request, so that batches are full.
 */
final class PathGradients {
    private final LanguageModel model;
    private final AttributionPlan plan;
    private final Streams streams;
    private final AttributionMode mode;

    PathGradients(LanguageModel model, AttributionPlan plan, Streams streams, AttributionMode mode) {
        this.model = model;
        this.plan = plan;
        this.streams = streams;
        this.mode = mode;
    }

    /** By layer, one [T, d] array for each of the {@code kept} prompts, given by their index in the shard. */
    Map<Integer, float[][]> of(List<StudyPrompt> prompts, List<Integer> kept) {
        Map<Integer, float[][]> gradients = new HashMap<>();
        switch (mode) {
            case CORRECTED -> plan.layers().forEach(layer -> gradients.putAll(along(List.of(layer), prompts, kept)));
            case FAITHFUL -> gradients.putAll(along(plan.layers(), prompts, kept));
        }
        return gradients;
    }

    /** Moves the given layers together. */
    private Map<Integer, float[][]> along(List<Integer> layers, List<StudyPrompt> prompts, List<Integer> kept) {
        float[] alphas = mode.alphas(plan.steps().of(mode));
        List<TokenSequence> rows = new ArrayList<>();
        List<LogitDifference> metrics = new ArrayList<>();
        for (int i : kept) {
            for (float alpha : alphas) {
                rows.add(new TokenSequence(prompts.get(i).tokenIds(), moved(layers, i, alpha)));
                metrics.add(new LogitDifference(streams.complianceTokens()[i], streams.refusalTokens()[i]));
            }
        }
        SortedSet<HookPoint> at = new TreeSet<>();
        layers.forEach(layer -> at.add(HookPoint.residPost(layer)));
        GradientResult result = model.gradients(rows, new GradientPlan(at, metrics, plan.maxTokensPerBatch()));
        Map<Integer, float[][]> means = new HashMap<>();
        for (int layer : layers) {
            float[][] ofPrompts = new float[kept.size()][];
            for (int i = 0; i < ofPrompts.length; i++) {
                ofPrompts[i] = mean(result, HookPoint.residPost(layer), i * alphas.length, alphas.length);
            }
            means.put(layer, ofPrompts);
        }
        return means;
    }

    private List<Edit> moved(List<Integer> layers, int prompt, float alpha) {
        List<Edit> edits = new ArrayList<>();
        for (int layer : layers) {
            float[] target_TD = streams.target_TD().get(layer)[prompt];
            edits.add(new Edit.Interpolate(HookPoint.residPost(layer), target_TD, alpha));
        }
        return edits;
    }

    private static float[] mean(GradientResult result, HookPoint at, int firstRow, int rows) {
        double[] sum_TD = new double[result.gradient(firstRow, at).length];
        for (int row = firstRow; row < firstRow + rows; row++) {
            float[] gradient_TD = result.gradient(row, at);
            for (int i = 0; i < sum_TD.length; i++) {
                sum_TD[i] += gradient_TD[i];
            }
        }
        float[] mean_TD = new float[sum_TD.length];
        for (int i = 0; i < mean_TD.length; i++) {
            mean_TD[i] = (float) (sum_TD[i] / rows);
        }
        return mean_TD;
    }
}
