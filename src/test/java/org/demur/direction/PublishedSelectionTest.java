package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.direction.SelectionRule.Status;
import org.demur.direction.SelectionRule.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rules on scores of published runs: the runs of Arditi et al. 2024 (their repository's {@code pipeline/runs}), the
 * gemma-2-2b-it sweep and the layer sweep of Yeo et al. 2025. Layers are given as published, where a layer's number
 * is that of its input.
 */
class PublishedSelectionTest {
    private static final SelectionRule RULE = new SelectionRule(0.8, 0.1, 0);
    private static final int GEMMA_2_LAYERS = 26;

    private static List<Verdict> withRivals(CandidateScores winner, int layers, int late) {
        CandidateScores better = new CandidateScores(winner.layer(), -9, winner.bypass() - 1, winner.induce(), 0.101);
        CandidateScores weak = new CandidateScores(winner.layer(), -9, winner.bypass() - 2, -0.01, winner.kl());
        CandidateScores tooLate = new CandidateScores(late, -9, winner.bypass() - 3, winner.induce(), winner.kl());
        CandidateScores second = new CandidateScores(late - 1, -9, winner.bypass() + 0.1, 0, 0.1);
        return RULE.judge(List.of(better, weak, winner, tooLate, second), layers);
    }

    /** The winners' published scores pass every bound, and rivals that miss one bound each don't. */
    @ParameterizedTest
    @CsvSource({
        "18, 14, -2, 10, -14.4193, 6.7886, 0.06593",
        "32, 25, -1, 14, -5.6169, 5.9863, 0.07121",
        "32, 25, -5, 12, -9.8551, 7.6757, 0.05882",
        "24, 19, -2, 15, -5.0575, 1.6514, 0.06584",
        "32, 25, -5, 20, -6.7479, 1.6392, 0.04724"
    })
    void publishedWinnersWin(int layers, int late, int position, int layer, double bypass, double induce, double kl) {
        CandidateScores winner = new CandidateScores(layer, position, bypass, induce, kl);

        List<Verdict> verdicts = withRivals(winner, layers, late);

        assertThat(RULE.firstLateLayer(layers)).isEqualTo(late);
        assertThat(verdicts)
                .extracting(Verdict::status)
                .containsExactly(Status.DISCARDED, Status.DISCARDED, Status.SELECTED, Status.DISCARDED, Status.KEPT);
    }

    /** The seven candidates of the last position whose scores are known, of 130 in the gemma-2-2b-it sweep. */
    @Test
    void theLastPositionsOfGemma2AreJudgedAsStored() {
        double[] bypass = {-8.99, -8.76, -10.54, -8.4508, -6.94, -7.91, -8.49};
        double[] induce = {2.80, 2.91, 2.43, 1.6922, 2.30, 2.33, 2.29};
        double[] kl = {.386, .370, .579, .08326, .077, .072, .090};
        List<CandidateScores> candidates = new ArrayList<>();
        for (int i = 0; i < kl.length; i++) {
            candidates.add(new CandidateScores(14 + i, -1, bypass[i], induce[i], kl[i]));
        }

        List<Verdict> verdicts = RULE.judge(candidates, GEMMA_2_LAYERS);

        assertThat(verdicts)
                .filteredOn(verdict -> verdict.status() != Status.DISCARDED)
                .extracting(verdict -> verdict.scores().layer())
                .containsExactly(17, 18, 19);
        assertThat(verdicts.get(3).status()).isEqualTo(Status.SELECTED);
        assertThat(verdicts)
                .extracting(Verdict::reason)
                .containsExactly("kl above bound", "kl above bound", "kl above bound", "", "", "", "late layer");
    }

    /** 30 of the 130 candidates are discarded for their layer, five positions in each of the last six. */
    @Test
    void lateCandidatesOfGemma2() {
        List<CandidateScores> all = new ArrayList<>();
        for (int layer = 0; layer < GEMMA_2_LAYERS; layer++) {
            for (int position = -5; position < 0; position++) {
                all.add(new CandidateScores(layer, position, -1, layer % 2 == 0 ? 1 : -1, 0.01));
            }
        }

        assertThat(RULE.judge(all, GEMMA_2_LAYERS))
                .hasSize(130)
                .filteredOn(verdict -> verdict.reason().equals("late layer"))
                .hasSize(30);
    }

    /** Share of harmless answers after ablating each layer, mean over seven categories: layer 15 has the fewest. */
    @Test
    void theLayerSweepOfYeoChoosesFifteen() {
        double[] safe = {
            .994, 1.000, .997, .954, .946, .929, .946, .963, .717, .760, .749, .700, .609, .466, .506, .291, .614, .760,
            .817, .866, .874, .883, .883, .760, .814, .803
        };
        List<CandidateScores> layers = new ArrayList<>();
        for (int layer = 0; layer < safe.length; layer++) {
            layers.add(new CandidateScores(layer, -1, Double.NaN, Double.NaN, Double.NaN));
        }

        List<Verdict> verdicts = JudgedRule.judge(layers, safe);

        assertThat(Arrays.stream(Status.values()).map(status -> verdicts.stream()
                        .filter(verdict -> verdict.status() == status)
                        .count()))
                .containsExactly(1L, 25L, 0L);
        assertThat(verdicts.get(15).status()).isEqualTo(Status.SELECTED);
    }
}
