package org.demur.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.ranking.NaturalRanking;

/**
 * How far every pair of rankings agrees over the features that both looked at: correlations of the global scores with
 * intervals from resampled prompts, and how many of the best they share. A ranking that all prompts share stays as it is while
 * prompts are resampled.
 */
final class RankingAgreement {
    private final List<Ranking> rankings;
    private final List<FeatureId> compared;
    private final int top;
    private final List<int[]> draws;
    private final List<String> promptKeys;

    /** A ranking over the compared features: its scores, and those of each draw. */
    private record Scored(Ranking ranking, double[] value_C, List<double[]> drawn_C) {}

    /**
     * @param compared features to compare over, such as candidates and those whose effect was measured
     * @param top how many of the best are compared
     * @param resamples draws for the intervals
     * @param seed of the draws
     */
    RankingAgreement(List<Ranking> rankings, List<FeatureId> compared, int top, int resamples, long seed) {
        this.rankings = rankings;
        this.compared = compared;
        this.top = top;
        this.promptKeys = List.copyOf(keys(rankings));
        SplittableRandom random = new SplittableRandom(seed);
        this.draws = IntStream.range(0, promptKeys.isEmpty() ? 0 : resamples)
                .mapToObj(r -> weights(random))
                .toList();
    }

    /** One row a pair, in the order of the rankings. */
    List<AgreementRow> rows() {
        List<Scored> scored = rankings.stream().map(this::scored).toList();
        List<AgreementRow> rows = new ArrayList<>();
        for (int a = 0; a < scored.size(); a++) {
            for (int b = a + 1; b < scored.size(); b++) {
                rows.add(row(scored.get(a), scored.get(b)));
            }
        }
        return rows;
    }

    private AgreementRow row(Scored a, Scored b) {
        int[] common = IntStream.range(0, compared.size())
                .filter(c -> !Double.isNaN(a.value_C[c]) && !Double.isNaN(b.value_C[c]))
                .toArray();
        List<Double> spearman = new ArrayList<>();
        List<Double> pearson = new ArrayList<>();
        for (int r = 0; r < draws.size(); r++) {
            double[] x = pick(a.drawn_C.get(r), common);
            double[] y = pick(b.drawn_C.get(r), common);
            add(pearson, correlation(x, y));
            add(spearman, correlation(ranks(x), ranks(y)));
        }
        double[] x = pick(a.value_C, common);
        double[] y = pick(b.value_C, common);
        Set<FeatureId> shared = new HashSet<>(a.ranking.global().best(top));
        shared.retainAll(new HashSet<>(b.ranking.global().best(top)));
        return new AgreementRow(
                a.ranking.id(),
                b.ranking.id(),
                common.length,
                promptKeys.size(),
                figure(correlation(ranks(x), ranks(y)), spearman),
                figure(correlation(x, y), pearson),
                shared.size(),
                top);
    }

    private Scored scored(Ranking ranking) {
        double[] value_C = compared.stream()
                .mapToDouble(id -> ranking.score(ranking.global(), id).orElse(Double.NaN))
                .toArray();
        if (ranking.prompts().isEmpty()) {
            return new Scored(
                    ranking, value_C, draws.stream().map(draw -> value_C).toList());
        }
        Map<String, double[]> byPrompt = new HashMap<>();
        ranking.prompts()
                .forEach(prompt -> byPrompt.put(
                        key(prompt),
                        compared.stream()
                                .mapToDouble(
                                        id -> ranking.score(prompt.scores(), id).orElse(Double.NaN))
                                .toArray()));
        return new Scored(
                ranking,
                value_C,
                draws.stream().map(draw -> mean(byPrompt, draw)).toList());
    }

    /** Weighted mean over the prompts that the ranking has; NaN everywhere where the draw has none of them. */
    private double[] mean(Map<String, double[]> byPrompt, int[] weights) {
        double[] sum_C = new double[compared.size()];
        int total = 0;
        for (int p = 0; p < weights.length; p++) {
            double[] own_C = byPrompt.get(promptKeys.get(p));
            if (own_C != null && weights[p] > 0) {
                total += weights[p];
                for (int c = 0; c < sum_C.length; c++) {
                    sum_C[c] += weights[p] * own_C[c];
                }
            }
        }
        for (int c = 0; c < sum_C.length; c++) {
            sum_C[c] /= total;
        }
        return sum_C;
    }

    private int[] weights(SplittableRandom random) {
        int[] weights = new int[promptKeys.size()];
        for (int n = 0; n < weights.length; n++) {
            weights[random.nextInt(weights.length)]++;
        }
        return weights;
    }

    private static TreeSet<String> keys(List<Ranking> rankings) {
        TreeSet<String> keys = new TreeSet<>();
        rankings.forEach(ranking -> ranking.prompts().forEach(prompt -> keys.add(key(prompt))));
        return keys;
    }

    private static String key(PromptAttribution prompt) {
        return prompt.setName() + '\n' + prompt.promptId();
    }

    private static double[] pick(double[] value_C, int[] common) {
        return IntStream.of(common).mapToDouble(c -> value_C[c]).toArray();
    }

    private static double[] ranks(double[] values) {
        return Arrays.stream(values).anyMatch(Double::isNaN) ? values : new NaturalRanking().rank(values);
    }

    /** NaN for fewer than three pairs and where one side is constant. */
    private static double correlation(double[] x, double[] y) {
        return x.length < 3 ? Double.NaN : new PearsonsCorrelation().correlation(x, y);
    }

    private static void add(List<Double> figures, double figure) {
        if (!Double.isNaN(figure)) {
            figures.add(figure);
        }
    }

    private static AgreementRow.Figure figure(double value, List<Double> drawn) {
        if (Double.isNaN(value)) {
            return new AgreementRow.Figure(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
        }
        if (drawn.isEmpty()) {
            return new AgreementRow.Figure(OptionalDouble.of(value), OptionalDouble.empty(), OptionalDouble.empty());
        }
        double[] sorted =
                drawn.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new AgreementRow.Figure(
                OptionalDouble.of(value),
                OptionalDouble.of(sorted[(int) (0.025 * (sorted.length - 1))]),
                OptionalDouble.of(sorted[(int) Math.ceil(0.975 * (sorted.length - 1))]));
    }
}
