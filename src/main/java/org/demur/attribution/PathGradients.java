package org.demur.attribution;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
            case CORRECTED -> plan.layers().forEach(layer -> gradients.putAll(alongOne(layer, prompts, kept)));
            case FAITHFUL -> gradients.putAll(alongAll(prompts, kept));
        }
        return gradients;
    }

    /** By layer, the gradients of the untouched model, which need one step for all layers. */
    Map<Integer, float[][]> atClean(List<StudyPrompt> prompts, List<Integer> kept) {
        List<TokenSequence> rows = kept.stream()
                .map(i -> TokenSequence.plain(prompts.get(i).tokenIds()))
                .toList();
        return means(GradientPlan.of(plan.points(), metrics(kept, 1)), rows, plan.layers(), 1);
    }

    /** Moves one layer; the path's points are known, so the model starts from them. */
    private Map<Integer, float[][]> alongOne(int layer, List<StudyPrompt> prompts, List<Integer> kept) {
        HookPoint at = plan.at(layer);
        List<TokenSequence> rows = new ArrayList<>();
        List<float[]> points = new ArrayList<>();
        for (int i : kept) {
            for (float alpha : mode.alphas(steps())) {
                rows.add(TokenSequence.plain(prompts.get(i).tokenIds()));
                points.add(between(
                        streams.clean_TD().get(layer)[i], streams.target_TD().get(layer)[i], alpha));
            }
        }
        GradientPlan request =
                GradientPlan.of(Set.of(at), metrics(kept, steps())).startingAt(at, points);
        return means(request, rows, List.of(layer), steps());
    }

    /** Moves all layers together; each later layer interpolates what the earlier ones lead to. */
    private Map<Integer, float[][]> alongAll(List<StudyPrompt> prompts, List<Integer> kept) {
        List<TokenSequence> rows = new ArrayList<>();
        for (int i : kept) {
            for (float alpha : mode.alphas(steps())) {
                List<Edit> edits = new ArrayList<>();
                for (int layer : plan.layers()) {
                    float[] target_TD = streams.target_TD().get(layer)[i];
                    edits.add(new Edit.Interpolate(plan.at(layer), target_TD, alpha));
                }
                rows.add(new TokenSequence(prompts.get(i).tokenIds(), edits));
            }
        }
        return means(GradientPlan.of(plan.points(), metrics(kept, steps())), rows, plan.layers(), steps());
    }

    private int steps() {
        return plan.paths().steps().of(mode);
    }

    private List<LogitDifference> metrics(List<Integer> kept, int steps) {
        return kept.stream()
                .map(i -> new LogitDifference(streams.complianceTokens()[i], streams.refusalTokens()[i]))
                .flatMap(metric -> Collections.nCopies(steps, metric).stream())
                .toList();
    }

    private Map<Integer, float[][]> means(
            GradientPlan request, List<TokenSequence> rows, List<Integer> layers, int steps) {
        GradientResult result = model.gradients(rows, request.withMaxTokensPerBatch(plan.maxTokensPerBatch()));
        Map<Integer, float[][]> means = new HashMap<>();
        for (int layer : layers) {
            float[][] ofPrompts = new float[rows.size() / steps][];
            for (int i = 0; i < ofPrompts.length; i++) {
                ofPrompts[i] = mean(result, plan.at(layer), i * steps, steps);
            }
            means.put(layer, ofPrompts);
        }
        return means;
    }

    private static float[] between(float[] clean_TD, float[] target_TD, float alpha) {
        float[] point_TD = new float[clean_TD.length];
        for (int i = 0; i < point_TD.length; i++) {
            point_TD[i] = (1 - alpha) * clean_TD[i] + alpha * target_TD[i];
        }
        return point_TD;
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
