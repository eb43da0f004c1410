package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.edit.Edit;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.GradientPlan.LogitDifference;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.SaeInGraph;
import org.demur.engine.TokenSequence;
import org.demur.sae.LaneProduct;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;

/**
 * Compares linear integrated gradients without SAEs in the graph with those that have them there, along both paths: streams,
 * metric, gradients with respect to features, and attributions of every feature at every token.
 */
final class SaeFreeForm {
    private static final int STEPS = 3;

    private final LanguageModel model;
    private final Map<Integer, Sae> saes;
    private final SelectedDirection direction;
    private final double tolerance;

    /** Dictionaries in threshold form, by layer. */
    SaeFreeForm(LanguageModel model, Map<Integer, Sae> saes, SelectedDirection direction, double tolerance) {
        this.model = model;
        this.saes = new TreeMap<>(saes);
        this.direction = direction;
        this.tolerance = tolerance;
    }

    /** Asserts that both forms agree on the prompt. */
    void compare(int[] tokenIds) {
        StudyPrompt prompt = new StudyPrompt("set", "p", "harmful", tokenIds, new String[tokenIds.length]);
        compareFaithful(prompt);
        for (int layer : saes.keySet()) {
            compareCorrected(prompt, layer);
        }
    }

    private AttributionPlan plan(Iterable<Integer> layers) {
        Map<Integer, FeatureSlice> slices = new TreeMap<>();
        layers.forEach(layer -> slices.put(layer, saes.get(layer).slice(new int[1])));
        AttributionSettings.Steps steps = new AttributionSettings.Steps(STEPS, STEPS);
        return new AttributionPlan(
                new ModelSpec("model", "", 1),
                slices,
                "unused",
                direction,
                new AttributionPlan.Paths(List.of(), steps, Baseline.ABLATED, 1, false),
                java.util.Set.of(),
                256);
    }

    private void compareFaithful(StudyPrompt prompt) {
        AttributionPlan plan = plan(saes.keySet());
        Ends ends = ends(plan, prompt, AttributionMode.FAITHFUL);
        Map<Integer, float[][]> gradients = new PathGradients(model, plan, ends.streams, AttributionMode.FAITHFUL, 0)
                .of(List.of(prompt), List.of(0));
        List<SaeInGraph.Step> steps = new ArrayList<>();
        for (float alpha : AttributionMode.FAITHFUL.alphas(STEPS)) {
            SaeInGraph.Step step = new SaeInGraph(model, ends.patched).at(prompt.tokenIds(), alpha, ends.metric);
            List<Edit> edits = plan.layers().stream()
                    .<Edit>map(layer -> new Edit.Interpolate(
                            plan.at(layer), ends.streams.target_TD().get(layer)[0], alpha))
                    .toList();
            ForwardResult moved = model.forward(
                    List.of(new TokenSequence(prompt.tokenIds(), edits)),
                    ForwardPlan.capture(plan.points()).withLastLogits());
            step.stream_TD()
                    .forEach((point, stream_TD) ->
                            assertClose("stream at " + point, moved.activation(0, point), stream_TD));
            assertThat(Math.abs(metric(moved, ends.metric) - step.metric()))
                    .isLessThan(tolerance * Math.max(1, Math.abs(step.metric())));
            steps.add(step);
        }
        for (int layer : plan.layers()) {
            compareScores(layer, ends, gradients.get(layer)[0], steps, plan.at(layer));
        }
    }

    private void compareCorrected(StudyPrompt prompt, int layer) {
        AttributionPlan plan = plan(List.of(layer));
        Ends ends = ends(plan, prompt, AttributionMode.CORRECTED);
        Map<Integer, float[][]> gradients = new PathGradients(model, plan, ends.streams, AttributionMode.CORRECTED, 0)
                .of(List.of(prompt), List.of(0));
        List<SaeInGraph.Step> steps = new ArrayList<>();
        for (float alpha : AttributionMode.CORRECTED.alphas(STEPS)) {
            steps.add(new SaeInGraph(model, ends.patched).at(prompt.tokenIds(), alpha, ends.metric));
        }
        compareScores(layer, ends, gradients.get(layer)[0], steps, plan.at(layer));
    }

    private record Ends(
            Streams streams,
            Map<HookPoint, SaeInGraph.Patched> patched,
            Map<Integer, float[]> clean_TF,
            LogitDifference metric) {}

    private Ends ends(AttributionPlan plan, StudyPrompt prompt, AttributionMode mode) {
        List<StudyPrompt> prompts = List.of(prompt);
        ForwardResult clean = Streams.clean(model, plan, prompts);
        Streams streams = Streams.of(plan, clean, Streams.ablated(model, plan, prompts, mode), 1, mode);
        Map<HookPoint, SaeInGraph.Patched> patched = new HashMap<>();
        Map<Integer, float[]> clean_TF = new HashMap<>();
        for (int layer : plan.layers()) {
            Sae sae = saes.get(layer);
            float[] features_TF = dense(sae, streams.patch_TD().get(layer)[0]);
            float[] error_TD = streams.target_TD().get(layer)[0].clone();
            float[] decoded_TD = decoded(sae, features_TF);
            IntStream.range(0, error_TD.length).forEach(i -> error_TD[i] -= decoded_TD[i]);
            patched.put(plan.at(layer), new SaeInGraph.Patched(sae, features_TF, error_TD));
            clean_TF.put(layer, dense(sae, streams.clean_TD().get(layer)[0]));
        }
        LogitDifference metric = new LogitDifference(streams.complianceTokens()[0], streams.refusalTokens()[0]);
        return new Ends(streams, patched, clean_TF, metric);
    }

    /** Gradients with respect to features and attributions, both [T, F]. */
    private void compareScores(int layer, Ends ends, float[] gradient_TD, List<SaeInGraph.Step> steps, HookPoint at) {
        Sae sae = saes.get(layer);
        int tokens = gradient_TD.length / sae.d();
        float[] own_TF = new float[tokens * sae.F()];
        float[] inGraph_TF = new float[tokens * sae.F()];
        for (int t = 0; t < tokens; t++) {
            for (int j = 0; j < sae.F(); j++) {
                double dot = 0;
                for (int i = 0; i < sae.d(); i++) {
                    dot += (double) gradient_TD[t * sae.d() + i] * sae.w_dec_FD()[j * sae.d() + i];
                }
                own_TF[t * sae.F() + j] = (float) dot;
            }
        }
        for (SaeInGraph.Step step : steps) {
            float[] gradient_TF = step.gradient_TF().get(at);
            IntStream.range(0, inGraph_TF.length).forEach(i -> inGraph_TF[i] += gradient_TF[i] / steps.size());
        }
        assertClose("gradient at " + at, own_TF, inGraph_TF);
        float[] patch_TF = ends.patched.get(at).features_TF();
        float[] clean_TF = ends.clean_TF.get(layer);
        for (int i = 0; i < own_TF.length; i++) {
            own_TF[i] *= patch_TF[i] - clean_TF[i];
            inGraph_TF[i] *= patch_TF[i] - clean_TF[i];
        }
        assertClose("attributions at " + at, own_TF, inGraph_TF);
    }

    private static double metric(ForwardResult result, LogitDifference metric) {
        float[] logits_V = result.lastLogits(0);
        return (double) logits_V[metric.plusToken()] - logits_V[metric.minusToken()];
    }

    private void assertClose(String what, float[] actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
            norm += (double) expected[i] * expected[i];
        }
        assertThat(norm).as("size of %s", what).isPositive();
        assertThat(Math.sqrt(difference / norm))
                .as("relative error of %s", what)
                .isLessThan(tolerance);
    }

    private static float[] dense(Sae sae, float[] x_TD) {
        float[] f_TF = new float[x_TD.length / sae.d() * sae.F()];
        try (SaeEncoder encoder = sae.encoder(LaneProduct::new)) {
            TokenCodes codes = TokenCodes.of(encoder, new float[][] {x_TD}, sae.d());
            for (int t = 0; t < codes.tokens(0); t++) {
                for (int i = codes.from(0, t); i < codes.to(0, t); i++) {
                    f_TF[t * sae.F() + codes.codes().indices()[i]] =
                            codes.codes().values()[i];
                }
            }
        }
        return f_TF;
    }

    private static float[] decoded(Sae sae, float[] f_TF) {
        int tokens = f_TF.length / sae.F();
        float[] x_TD = new float[tokens * sae.d()];
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < sae.d(); i++) {
                x_TD[t * sae.d() + i] = sae.b_dec_D()[i];
            }
            for (int j = 0; j < sae.F(); j++) {
                float f = f_TF[t * sae.F() + j];
                for (int i = 0; f != 0 && i < sae.d(); i++) {
                    x_TD[t * sae.d() + i] += f * sae.w_dec_FD()[j * sae.d() + i];
                }
            }
        }
        return x_TD;
    }
}
