package org.demur.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
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
 * one request, so that batches are full. Tokens that all prompts begin with and that no score counts are held: they move along
 * the path too, but once for all prompts, and no gradient goes back through them.
 */
final class PathGradients {
    private final LanguageModel model;
    private final AttributionPlan plan;
    private final Streams streams;
    private final AttributionMode mode;
    private final int held;

    /**
     * @param held tokens at the beginning, the same in all prompts, whose gradients are not wanted
     */
    PathGradients(LanguageModel model, AttributionPlan plan, Streams streams, AttributionMode mode, int held) {
        this.model = model;
        this.plan = plan;
        this.streams = streams;
        this.mode = mode;
        this.held = held;
    }

    /** By layer, one [T, d] array for each of the {@code kept} prompts, given by their index; zeros at held tokens. */
    Map<Integer, float[][]> of(List<StudyPrompt> prompts, List<Integer> kept) {
        Map<Integer, float[][]> gradients = new HashMap<>();
        if (kept.isEmpty()) {
            return none();
        }
        switch (mode) {
            case CORRECTED -> plan.layers().forEach(layer -> gradients.putAll(alongOne(layer, prompts, kept)));
            case FAITHFUL -> gradients.putAll(alongAll(prompts, kept));
        }
        return gradients;
    }

    /** By layer, the gradients of the untouched model, which need one step for all layers. */
    Map<Integer, float[][]> atClean(List<StudyPrompt> prompts, List<Integer> kept) {
        if (kept.isEmpty()) {
            return none();
        }
        List<TokenSequence> rows = kept.stream()
                .map(i -> TokenSequence.plain(prompts.get(i).tokenIds()))
                .toList();
        GradientPlan request = GradientPlan.of(plan.points(), metrics(kept, 1));
        Families families = new Families(List.of(TokenSequence.plain(beginning(prompts, kept))), List.of());
        return means(request, rows, families, plan.layers());
    }

    private Map<Integer, float[][]> none() {
        Map<Integer, float[][]> none = new HashMap<>();
        plan.layers().forEach(layer -> none.put(layer, new float[0][]));
        return none;
    }

    /** The held tokens at each step of the path; the steps of every prompt belong to them in this order. */
    private record Families(List<TokenSequence> rows, List<float[]> start) {
        int steps() {
            return rows.size();
        }
    }

    /** Moves one layer; the path's points are known, so the model starts from them. */
    private Map<Integer, float[][]> alongOne(int layer, List<StudyPrompt> prompts, List<Integer> kept) {
        HookPoint at = plan.at(layer);
        List<TokenSequence> rows = new ArrayList<>();
        List<float[]> points = new ArrayList<>();
        List<TokenSequence> families = new ArrayList<>();
        List<float[]> starts = new ArrayList<>();
        for (int i : kept) {
            for (float alpha : mode.alphas(steps())) {
                float[] point_TD = between(
                        streams.clean_TD().get(layer)[i], streams.target_TD().get(layer)[i], alpha);
                rows.add(TokenSequence.plain(prompts.get(i).tokenIds()));
                points.add(own(point_TD));
                if (i == kept.get(0)) {
                    families.add(TokenSequence.plain(beginning(prompts, kept)));
                    starts.add(beginningOf(point_TD));
                }
            }
        }
        GradientPlan request =
                GradientPlan.of(Set.of(at), metrics(kept, steps())).startingAt(at, points);
        return means(request, rows, new Families(families, starts), List.of(layer));
    }

    /** Moves all layers together; each later layer interpolates what the earlier ones lead to. */
    private Map<Integer, float[][]> alongAll(List<StudyPrompt> prompts, List<Integer> kept) {
        Map<Integer, float[]> ownTargets = new HashMap<>();
        List<TokenSequence> rows = new ArrayList<>();
        List<TokenSequence> families = new ArrayList<>();
        for (int i : kept) {
            plan.layers()
                    .forEach(layer ->
                            ownTargets.put(layer, own(streams.target_TD().get(layer)[i])));
            for (float alpha : mode.alphas(steps())) {
                rows.add(new TokenSequence(prompts.get(i).tokenIds(), interpolations(ownTargets, alpha)));
            }
        }
        int first = kept.get(0);
        Map<Integer, float[]> heldTargets = new HashMap<>();
        plan.layers()
                .forEach(layer ->
                        heldTargets.put(layer, beginningOf(streams.target_TD().get(layer)[first])));
        for (float alpha : mode.alphas(steps())) {
            families.add(new TokenSequence(beginning(prompts, kept), interpolations(heldTargets, alpha)));
        }
        GradientPlan request = GradientPlan.of(plan.points(), metrics(kept, steps()));
        return means(request, rows, new Families(families, List.of()), plan.layers());
    }

    private List<Edit> interpolations(Map<Integer, float[]> target_TD, float alpha) {
        return plan.layers().stream()
                .<Edit>map(layer -> new Edit.Interpolate(plan.at(layer), target_TD.get(layer), alpha))
                .toList();
    }

    private int[] beginning(List<StudyPrompt> prompts, List<Integer> kept) {
        int[] ids = prompts.get(kept.get(0)).tokenIds();
        return Arrays.copyOf(ids, Math.max(1, held));
    }

    private float[] own(float[] stream_TD) {
        return Arrays.copyOfRange(stream_TD, held * width(), stream_TD.length);
    }

    private float[] beginningOf(float[] stream_TD) {
        return Arrays.copyOf(stream_TD, held * width());
    }

    private int width() {
        return plan.direction().vector_D().length;
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
            GradientPlan request, List<TokenSequence> rows, Families families, List<Integer> layers) {
        int steps = families.steps();
        GradientPlan bounded = request.summedOver(steps).withMaxTokensPerBatch(plan.maxTokensPerBatch());
        int[] familyOf = IntStream.range(0, rows.size()).map(row -> row % steps).toArray();
        GradientPlan planned = held == 0
                ? bounded
                : bounded.after(new GradientPlan.Beginning(families.rows, families.start, familyOf));
        GradientResult result = model.gradients(rows, planned);
        Map<Integer, float[][]> means = new HashMap<>();
        for (int layer : layers) {
            float[][] ofPrompts = new float[rows.size() / steps][];
            for (int i = 0; i < ofPrompts.length; i++) {
                ofPrompts[i] = mean(result.gradient(i, plan.at(layer)), steps);
            }
            means.put(layer, ofPrompts);
        }
        return means;
    }

    private float[] mean(float[] sum_TD, int steps) {
        float[] mean_TD = new float[held * width() + sum_TD.length];
        for (int i = 0; i < sum_TD.length; i++) {
            mean_TD[held * width() + i] = sum_TD[i] / steps;
        }
        return mean_TD;
    }

    private static float[] between(float[] clean_TD, float[] target_TD, float alpha) {
        float[] point_TD = new float[clean_TD.length];
        for (int i = 0; i < point_TD.length; i++) {
            point_TD[i] = (1 - alpha) * clean_TD[i] + alpha * target_TD[i];
        }
        return point_TD;
    }
}
