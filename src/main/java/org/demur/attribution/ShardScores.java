package org.demur.attribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.cells.StudyPrompt;
import org.demur.edit.FeatureSlice;
import org.demur.engine.LanguageModel;

/** Attributions of a shard's prompts along one path. */
final class ShardScores {
    private final AttributionPlan plan;
    private final Streams streams;
    private final AttributionMode mode;

    ShardScores(AttributionPlan plan, Streams streams, AttributionMode mode) {
        this.plan = plan;
        this.streams = streams;
        this.mode = mode;
    }

    /**
     * One attribution a prompt.
     *
     * @param masks tokens that count, by prompt
     */
    List<PromptAttribution> of(LanguageModel model, List<StudyPrompt> prompts, List<boolean[]> masks) {
        List<Integer> kept = IntStream.range(0, prompts.size())
                .filter(i -> !skipped(i))
                .boxed()
                .toList();
        Map<Integer, float[][]> gradients = new PathGradients(model, plan, streams, mode).of(prompts, kept);
        List<PromptAttribution> attributions = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int row = kept.indexOf(i);
            double[] scores = row < 0 ? new double[candidates()] : scores(gradients, i, row, masks.get(i));
            attributions.add(new PromptAttribution(
                    prompts.get(i).setName(),
                    prompts.get(i).promptId(),
                    mode,
                    streams.refusalTokens()[i],
                    streams.complianceTokens()[i],
                    row < 0,
                    scores));
        }
        return attributions;
    }

    /**
     * Whether the ablated model still begins with a refusal token. The published code then has a metric that is 0
     * everywhere or compares two refusals, and counts it; the faithful mode does so too.
     */
    private boolean skipped(int prompt) {
        int compliance = streams.complianceTokens()[prompt];
        return switch (mode) {
            case FAITHFUL -> false;
            case CORRECTED -> IntStream.of(plan.direction().refusalTokens()).anyMatch(token -> token == compliance);
        };
    }

    private double[] scores(Map<Integer, float[][]> gradients, int prompt, int row, boolean[] mask) {
        double[] scores = new double[candidates()];
        int from = 0;
        for (int layer : plan.layers()) {
            FeatureSlice slice = plan.slices().get(layer);
            double[] attribution_M = FeatureKernel.attributions(
                    slice,
                    streams.clean_TD().get(layer)[prompt],
                    streams.patch_TD().get(layer)[prompt],
                    gradients.get(layer)[row],
                    mask);
            System.arraycopy(attribution_M, 0, scores, from, attribution_M.length);
            from += attribution_M.length;
        }
        return scores;
    }

    private int candidates() {
        return plan.slices().values().stream().mapToInt(FeatureSlice::size).sum();
    }
}
