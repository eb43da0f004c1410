package org.demur.attribution;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demur.edit.FeatureSlice;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;

/**
 * Reads the SAEs of a plan one after another and adds up what each says about a shard. One dictionary is in memory at a time,
 * and every stream is encoded once for all rankings.
 */
final class LayerScores {
    private final AttributionPlan plan;
    private final List<boolean[]> masks;
    private final List<List<FeatureScores.Builder>> builders = new ArrayList<>();
    private final Map<Integer, FeatureActivity> activity = new HashMap<>();
    private final FeatureScores.Builder counted = new FeatureScores.Builder();
    private final FeatureScores.Builder all = new FeatureScores.Builder();
    private final List<FeatureScores.Builder> means = new ArrayList<>();

    /** Scores of the prompts with these tokens that count. */
    LayerScores(AttributionPlan plan, List<boolean[]> masks) {
        this.plan = plan;
        this.masks = masks;
        masks.forEach(mask -> means.add(new FeatureScores.Builder()));
    }

    /** Goes through all layers; one list a term with a score for each of its kept prompts. */
    List<List<FeatureScores>> of(Map<Integer, float[][]> clean_TD, List<Term> terms) {
        terms.forEach(term -> builders.add(
                term.kept().stream().map(i -> new FeatureScores.Builder()).toList()));
        try (ReusedProduct products = new ReusedProduct()) {
            for (int layer : plan.layers()) {
                Sae sae = EditableSae.read(plan.saeFolder(), layer);
                try (SaeEncoder encoder = sae.encoder(products)) {
                    TokenCodes clean = TokenCodes.of(encoder, clean_TD.get(layer), sae.d());
                    observe(layer, clean, sae.F());
                    score(sae, new Codes(clean, encoder, sae), terms);
                }
            }
        }
        return builders.stream()
                .map(list -> list.stream().map(FeatureScores.Builder::build).toList())
                .toList();
    }

    Map<Integer, FeatureActivity> activity() {
        return activity;
    }

    ShardFeatures features() {
        List<FeatureScores> ofPrompts = plan.paths().keepsMeans()
                ? means.stream().map(FeatureScores.Builder::build).toList()
                : List.of();
        return new ShardFeatures(counted.build(), all.build(), ofPrompts, masks.size());
    }

    private void observe(int layer, TokenCodes clean, int features) {
        activity.put(layer, FeatureActivity.none(features).plus(clean.counted(masks)));
        double[] counted_F = new double[features];
        double[] all_F = new double[features];
        for (int p = 0; p < masks.size(); p++) {
            boolean[] mask = masks.get(p);
            add(counted_F, maxima(clean, p, mask, features));
            add(all_F, maxima(clean, p, every(mask.length), features));
            double[] mean_F = new double[features];
            clean.sums(p, mask, 1.0 / Math.max(1, count(mask)), mean_F);
            means.get(p).add(layer, mean_F);
        }
        counted.add(layer, counted_F);
        all.add(layer, all_F);
    }

    /** The codes of a layer; those of an ablated run are made when first asked for. */
    private static final class Codes {
        private final TokenCodes clean;
        private final SaeEncoder encoder;
        private final Sae sae;
        private final Map<AttributionMode, TokenCodes> ablated = new EnumMap<>(AttributionMode.class);

        Codes(TokenCodes clean, SaeEncoder encoder, Sae sae) {
            this.clean = clean;
            this.encoder = encoder;
            this.sae = sae;
        }

        TokenCodes moved(Term term, Baseline baseline) {
            return switch (term.change(baseline)) {
                case TO_NONE -> clean.none();
                case TO_ABLATED ->
                    ablated.computeIfAbsent(
                            term.ranking().mode(),
                            mode -> TokenCodes.of(
                                    encoder, term.streams().patch_TD().get(sae.layer()), sae.d()));
            };
        }
    }

    private void score(Sae sae, Codes codes, List<Term> terms) {
        ChangeKernel kernel = new ChangeKernel(sae.w_dec_FD(), sae.d());
        for (int n = 0; n < terms.size(); n++) {
            Term term = terms.get(n);
            if (term.ranking().method() == RankingMethod.LA_IG) {
                scoreCandidates(term, plan.slices().get(sae.layer()), builders.get(n));
                continue;
            }
            TokenCodes moved = codes.moved(term, plan.paths().baseline());
            float[][] gradients_TD = term.gradients().get(sae.layer());
            for (int row = 0; row < term.kept().size(); row++) {
                int p = term.kept().get(row);
                boolean[] mask = term.countsAll() ? every(masks.get(p).length) : masks.get(p);
                double[] sum_F = new double[sae.F()];
                kernel.add(new ChangeKernel.Moved(codes.clean, moved, p), gradients_TD[row], mask, sum_F);
                double tokens = term.countsAll() ? plan.paths().longestPrompt() : Math.max(1, count(mask));
                for (int j = 0; j < sum_F.length; j++) {
                    sum_F[j] /= tokens;
                }
                builders.get(n).get(row).add(sae.layer(), sum_F);
            }
        }
    }

    private void scoreCandidates(Term term, FeatureSlice slice, List<FeatureScores.Builder> target) {
        int layer = slice.at().layer();
        int[] order = ascending(slice.features_M());
        for (int row = 0; row < term.kept().size(); row++) {
            int p = term.kept().get(row);
            double[] score_M = FeatureKernel.attributions(
                    slice,
                    term.streams().clean_TD().get(layer)[p],
                    term.streams().patch_TD().get(layer)[p],
                    term.gradients().get(layer)[row],
                    masks.get(p));
            for (int m : order) {
                target.get(row).add(new FeatureId(layer, slice.features_M()[m]).key(), score_M[m]);
            }
        }
    }

    private static int[] ascending(int[] features_M) {
        return java.util.stream.IntStream.range(0, features_M.length)
                .boxed()
                .sorted(java.util.Comparator.comparingInt(m -> features_M[m]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double[] maxima(TokenCodes codes, int prompt, boolean[] mask, int features) {
        double[] max_F = new double[features];
        codes.maxima(prompt, mask, max_F);
        return max_F;
    }

    private static void add(double[] sum_F, double[] value_F) {
        for (int j = 0; j < sum_F.length; j++) {
            sum_F[j] += value_F[j];
        }
    }

    private static boolean[] every(int tokens) {
        boolean[] mask = new boolean[tokens];
        java.util.Arrays.fill(mask, true);
        return mask;
    }

    private static int count(boolean[] mask) {
        int count = 0;
        for (boolean counts : mask) {
            count += counts ? 1 : 0;
        }
        return count;
    }
}
