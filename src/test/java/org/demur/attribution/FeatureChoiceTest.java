package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.sae.FeatureCodes;
import org.junit.jupiter.api.Test;

class FeatureChoiceTest {
    private static final List<CandidateFeature> CANDIDATES =
            List.of(new CandidateFeature(2, 0, 0.9), new CandidateFeature(2, 1, 0.8));

    private static FeatureActivity activity(long... active_F) {
        return new FeatureActivity(100, active_F, new float[active_F.length]);
    }

    @Test
    void candidatesAreTheLargestSignedCosinesWhateverTheRowsLength() {
        float[] w_dec_FD = {0, 5, -9, 0, 0.1f, 0.01f, 1, 1, 0, 0};

        List<CandidateFeature> top = CosineCandidates.top(7, w_dec_FD, new float[] {2, 0}, 2);

        assertThat(top).extracting(CandidateFeature::feature).containsExactly(2, 3);
        assertThat(top.get(1).cosine()).isCloseTo(Math.sqrt(0.5), within(1e-6));
        assertThat(CosineCandidates.cosines(w_dec_FD, new float[] {2, 0})[4]).isEqualTo(-1);
    }

    @Test
    void activityCountsOnlyValuesAboveZero() {
        FeatureActivity seen = FeatureActivity.none(3)
                .plus(new FeatureCodes(new int[] {0, 1, 3}, new int[] {2, 1, 2}, new float[] {3, 1, 5}));

        assertThat(seen.active_F()).containsExactly(0, 1, 2);
        assertThat(seen.max_F()).containsExactly(0, 1, 5);
        assertThat(seen.density(2)).isEqualTo(1);
        assertThat(seen.isAlive(0)).isFalse();
        assertThat(seen.plus(seen).density(1)).isEqualTo(0.5);
    }

    @Test
    void randomFeaturesAreAliveOfTheSameLayerAndNoCandidates() {
        RandomFeatures random =
                new RandomFeatures(Map.of(2, activity(9, 9, 0, 4, 0, 7, 3)), CANDIDATES, RandomMatch.LAYER);

        List<FeatureId> drawn = random.draw(List.of(new FeatureId(2, 0), new FeatureId(2, 1)), 11);

        assertThat(drawn).hasSize(2).doesNotHaveDuplicates();
        assertThat(drawn).allSatisfy(id -> assertThat(id.feature()).isIn(3, 5, 6));
        assertThat(random.draw(List.of(new FeatureId(2, 0), new FeatureId(2, 1)), 11))
                .isEqualTo(drawn);
    }

    @Test
    void densityMatchingPrefersFeaturesThatFireAboutAsOften() {
        long[] active_F = IntStream.range(0, 200).mapToLong(j -> j).toArray();
        active_F[0] = 150;
        Map<Integer, FeatureActivity> byLayer = new HashMap<>(Map.of(2, activity(active_F)));
        RandomFeatures random = new RandomFeatures(byLayer, CANDIDATES, RandomMatch.DENSITY);

        for (int seed = 0; seed < 20; seed++) {
            int feature = random.draw(List.of(new FeatureId(2, 0)), seed).get(0).feature();
            assertThat(feature).isBetween(134, 166);
        }
    }

    @Test
    void tooFewLiveFeaturesFailWithTheLayer() {
        RandomFeatures random = new RandomFeatures(Map.of(2, activity(9, 9, 0, 4)), CANDIDATES, RandomMatch.LAYER);

        assertThatThrownBy(() -> random.draw(List.of(new FeatureId(2, 0), new FeatureId(2, 1)), 1))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Layer 2 has too few features")
                .hasMessageContaining("to draw 2 random ones");
    }

    @Test
    void meansSkipPromptsWithoutAMetric() {
        Attributions result = new Attributions(List.of(new ShardAttribution(
                List.of(prompt("a", false, 1, 4), prompt("b", true, 0, 0), prompt("c", false, 3, -2)),
                Map.of(2, activity(1, 1)),
                new ShardFeatures(FeatureScores.NONE, FeatureScores.NONE, List.of(), 3))));

        Ranking mean = Ranking.meanOf(CORRECTED, result.used(CORRECTED));

        assertThat(mean.global().values()).containsExactly(2, 1);
        assertThat(result.skipped(CORRECTED)).isEqualTo(1);
        assertThat(result.used(new RankingId(RankingMethod.LA_IG, AttributionMode.FAITHFUL)))
                .isEmpty();
    }

    @Test
    void suffixesNameTheModeThatDoesNotComeFirst() {
        assertThat(CORRECTED.setId(AttributionMode.CORRECTED)).isEqualTo("fstar");
        assertThat(new RankingId(RankingMethod.AP, AttributionMode.FAITHFUL).setId(AttributionMode.CORRECTED))
                .isEqualTo("ap_faithful");
        assertThat(new RankingId(RankingMethod.CS, AttributionMode.CORRECTED).setId(AttributionMode.FAITHFUL))
                .isEqualTo("cs");
    }

    @Test
    void publishedListsEndUpAtOtherPrompts() {
        FeatureId low = new FeatureId(1, 7);
        FeatureId high = new FeatureId(9, 3);

        assertThat(MisalignedLists.of(List.of(List.of(high), List.of(low), List.of(low, high))))
                .containsExactly(List.of(low, high), List.of(low, high), List.of());
        assertThat(MisalignedLists.of(List.of(List.of(low), List.of(low)))).containsExactly(List.of(low), List.of(low));
    }

    private static final RankingId CORRECTED = new RankingId(RankingMethod.LA_IG, AttributionMode.CORRECTED);

    private static PromptAttribution prompt(String id, boolean skipped, double... scores) {
        long[] keys = {new FeatureId(2, 0).key(), new FeatureId(2, 1).key()};
        return new PromptAttribution("set", id, CORRECTED, 1, 2, skipped, new FeatureScores(keys, scores));
    }
}
