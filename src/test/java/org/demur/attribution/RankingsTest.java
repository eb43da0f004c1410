package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankingsTest {
    private static FeatureId id(int feature) {
        return new FeatureId(4, feature);
    }

    private static FeatureScores scores(double... values) {
        Map<FeatureId, Double> scores = new LinkedHashMap<>();
        for (int j = 0; j < values.length; j++) {
            if (!Double.isNaN(values[j])) {
                scores.put(id(j), values[j]);
            }
        }
        return FeatureScores.of(scores);
    }

    @Test
    void meansCountMissingFeaturesAsZero() {
        FeatureScores mean = FeatureScores.mean(List.of(scores(1, Double.NaN, 3), scores(Double.NaN, 2, 1)));

        assertThat(mean.values()).containsExactly(0.5, 1, 2);
        assertThat(mean.best(2)).containsExactly(id(2), id(1));
        assertThat(scores(-1, 4, 0).bestPositive(3)).containsExactly(id(1));
        assertThat(FeatureId.of(new FeatureId(31, 65535).key())).isEqualTo(new FeatureId(31, 65535));
    }

    @Test
    void activationDifferenceComparesMeansPerPrompt() {
        ShardFeatures harmful = new ShardFeatures(scores(6, 0, 2), scores(9, 9, 9), List.of(), 2);
        ShardFeatures more = new ShardFeatures(scores(0, 3), scores(0, 0, 9), List.of(), 1);
        ShardFeatures harmless = new ShardFeatures(scores(1, 4), scores(4, 4, 4), List.of(), 4);

        assertThat(ActivationDifference.of(AttributionMode.CORRECTED, List.of(harmful, more), List.of(harmless))
                        .global()
                        .values())
                .containsExactly(new double[] {2 - 0.25, 1 - 1, 2.0 / 3}, within(1e-12));
        assertThat(ActivationDifference.of(AttributionMode.FAITHFUL, List.of(harmful, more), List.of(harmless))
                        .global()
                        .values())
                .containsExactly(new double[] {2, 2, 5}, within(1e-12));
    }

    @Test
    void aPoolTakesTheBestOfEveryRankingInTurn() {
        Ranking first = Ranking.shared(RankingMethod.CS, AttributionMode.CORRECTED, scores(9, 8, 7, -1));
        Ranking second = Ranking.shared(RankingMethod.ACTDIFF, AttributionMode.CORRECTED, scores(0, 8, 7, 9));

        assertThat(FeaturePool.union(List.of(first, second), 3)).containsExactly(id(0), id(3), id(1));
    }

    @Test
    void greedyPrefersWhatAddsToWhatIsThere() {
        // 0 and 1 do the same; 2 alone is weaker, but adds; 3 does harm.
        Map<FeatureId, Double> single = Map.of(id(0), 5.0, id(1), 4.9, id(2), 3.0, id(3), -1.0);
        List<Integer> asked = new ArrayList<>();

        Map<FeatureId, Double> chosen = new GreedySelection(
                        sets -> {
                            asked.add(sets.size());
                            return sets.stream()
                                    .mapToDouble(RankingsTest::overlapping)
                                    .toArray();
                        },
                        3)
                .choose(single);

        assertThat(chosen.keySet()).containsExactly(id(0), id(2), id(1));
        assertThat(chosen.get(id(2))).isEqualTo(3.0);
        assertThat(chosen.get(id(1))).isCloseTo(0.1, within(1e-9));
        assertThat(asked).isNotEmpty();
    }

    private static double overlapping(List<FeatureId> set) {
        boolean same = set.contains(id(0)) || set.contains(id(1));
        boolean both = set.contains(id(0)) && set.contains(id(1));
        return (same ? 5 : 0) + (both ? 0.1 : 0) + (set.contains(id(2)) ? 3 : 0) - (set.contains(id(3)) ? 1 : 0);
    }

    @Test
    void theProbeFindsTheFeatureThatTellsTheKindsApart() {
        Random random = new Random(2);
        List<FeatureScores> harmful = new ArrayList<>();
        List<FeatureScores> harmless = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            boolean isHarmful = i % 2 == 0;
            double[] values = random.doubles(40).map(u -> u < 0.5 ? 0 : u).toArray();
            values[17] = (isHarmful ? 2 : 0.5) + 0.5 * random.nextDouble();
            values[30] = (isHarmful ? 0.2 : 1) + 0.5 * random.nextDouble();
            (isHarmful ? harmful : harmless).add(scores(values));
        }

        FeatureScores weights = new SparseProbe(harmful, harmless).weights(1);

        assertThat(weights.best(1)).containsExactly(id(17));
        assertThat(weights.size()).isLessThan(10);
        assertThat(new SparseProbe(harmful, harmless).weights(8).bestPositive(8))
                .hasSize(8)
                .startsWith(id(17));
    }

    @Test
    void agreementComparesWhatBothLookedAtAndResamplesPrompts() {
        List<FeatureId> compared = List.of(id(0), id(1), id(2), id(3), id(4));
        RankingId exactId = new RankingId(RankingMethod.EXACT, AttributionMode.CORRECTED);
        RankingId igId = new RankingId(RankingMethod.IG, AttributionMode.CORRECTED);
        List<PromptAttribution> exact = new ArrayList<>();
        List<PromptAttribution> ig = new ArrayList<>();
        Random random = new Random(4);
        for (int p = 0; p < 12; p++) {
            double noise = random.nextGaussian();
            exact.add(prompt(exactId, p, scores(1, 2, 3 + noise, 4 + 3 * noise)));
            ig.add(prompt(igId, p, scores(1, 2, 3, 40, 5)));
        }
        Ranking cs = Ranking.shared(RankingMethod.CS, AttributionMode.CORRECTED, scores(4, 3, 2, 1, 0));

        List<AgreementRow> rows = new RankingAgreement(
                        List.of(cs, Ranking.meanOf(igId, ig), Ranking.meanOf(exactId, exact)), compared, 2, 200, 1)
                .rows();

        assertThat(rows).hasSize(3);
        AgreementRow csIg = rows.get(0);
        assertThat(csIg.candidates()).isEqualTo(5);
        assertThat(csIg.spearman().value().getAsDouble()).isCloseTo(-0.9, within(0.01));
        assertThat(csIg.overlap()).isZero();
        AgreementRow igExact = rows.get(2);
        assertThat(igExact.candidates()).isEqualTo(4);
        assertThat(igExact.prompts()).isEqualTo(12);
        assertThat(igExact.spearman().value().getAsDouble()).isCloseTo(1, within(1e-9));
        assertThat(igExact.pearson().low().getAsDouble())
                .isLessThan(igExact.pearson().high().getAsDouble());
        assertThat(igExact.overlap()).isEqualTo(1);
    }

    private static PromptAttribution prompt(RankingId ranking, int number, FeatureScores scores) {
        return new PromptAttribution("set", "p" + number, ranking, 1, 2, false, scores);
    }
}
