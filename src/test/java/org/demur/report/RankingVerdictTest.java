package org.demur.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RankingVerdictTest {
    private static final RankingName FSTAR = new RankingName("fstar");

    @Test
    void differencesCountOnlyBelowTheLevelAndInTheirDirection() {
        RankingVerdict verdict = new RankingVerdict(
                FSTAR,
                List.of(
                        pair("cs", -0.2, 0.01, 0.5),
                        pair("cs", -0.2, 0.20, 0.5),
                        pair("ap", -0.1, 0.90, 0.4),
                        pair("ap", 0.1, 0.90, 0.2),
                        pair("random", -0.5, 0.001, 0.8),
                        pair("random", -0.5, 0.001, 0.8)));
        assertThat(verdict.sentences())
                .containsExactly(
                        "F* needs fewer features than random features on 2 of 2 prompt sets (Holm p < 0.05).",
                        "F* needs fewer features than CS on 1 of 2 prompt sets (Holm p < 0.05).",
                        "F* can’t be told apart from AP on any of 2 prompt sets (Holm p ≥ 0.05).");
        assertThat(verdict.choice()).endsWith("so F* stays the default.");
    }

    @Test
    void aRankingThatWinsMoreOftenThanItLosesIsRecommended() {
        RankingVerdict verdict = new RankingVerdict(
                FSTAR,
                List.of(
                        pair("greedy", 0.1, 0.01, 0.2),
                        pair("greedy", 0.1, 0.30, 0.2),
                        pair("exact", 0.2, 0.01, 0.1),
                        pair("exact", -0.2, 0.01, 0.5)));
        assertThat(verdict.choice())
                .startsWith("Greedy deserves to be the default")
                .contains("20.0\u00A0%");
        assertThat(verdict.sentences())
                .contains(
                        "F* needs fewer features than Exact on 1 of 2 prompt sets and more features than Exact on 1 of 2 "
                                + "prompt sets (Holm p < 0.05).");
    }

    @Test
    void randomFeaturesAndTheDirectionAreNoChoice() {
        RankingVerdict verdict = new RankingVerdict(
                FSTAR, List.of(pair("random", 0.1, 0.01, 0.2), pair("direction_ablation", 0.3, 0.001, 0.0)));
        assertThat(verdict.choice()).endsWith("so F* stays the default.");
        assertThat(verdict.sentences()).noneMatch(sentence -> sentence.contains("direction"));
    }

    @Test
    void theCostNamesItsRangeOrIsLeftOut() {
        ResultRow measured = SyntheticRows.result("other", "cs", "ce_change", 0.012, "other_ce_change", -0.001);
        assertThat(new RankingVerdict(FSTAR, List.of(measured)).cost())
                .hasValueSatisfying(text -> assertThat(text).contains("−0.001 to 0.012"));
        assertThat(new RankingVerdict(FSTAR, List.of(pair("cs", 0, 1, 0))).cost())
                .isEmpty();
    }

    private static ResultRow pair(String other, double difference, double holm, double otherArea) {
        return SyntheticRows.result(
                "other", other, "difference", difference, "p_holm", holm, "area", 0.3, "other_area", otherArea);
    }
}
