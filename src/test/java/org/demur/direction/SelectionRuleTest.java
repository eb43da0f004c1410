package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.demur.JobException;
import org.demur.direction.SelectionRule.Status;
import org.demur.direction.SelectionRule.Verdict;
import org.junit.jupiter.api.Test;

class SelectionRuleTest {
    private static final SelectionRule RULE = new SelectionRule(0.8, 0.1, 0.0);
    private static final int LAYERS = 18;

    @Test
    void lowestBypassWinsAmongThoseThatPass() {
        List<Verdict> verdicts = RULE.judge(
                List.of(
                        new CandidateScores(10, -2, -14.4, 6.8, 0.066),
                        new CandidateScores(11, -1, -9.0, 7.5, 0.05),
                        new CandidateScores(12, -1, -15.0, 7.0, 0.3),
                        new CandidateScores(13, -1, -16.0, -0.5, 0.01),
                        new CandidateScores(14, -1, -17.0, 9.0, 0.01),
                        new CandidateScores(3, -1, Double.NaN, 1.0, 0.01)),
                LAYERS);

        assertThat(verdicts)
                .extracting(Verdict::status)
                .containsExactly(
                        Status.SELECTED,
                        Status.KEPT,
                        Status.DISCARDED,
                        Status.DISCARDED,
                        Status.DISCARDED,
                        Status.DISCARDED);
        assertThat(verdicts)
                .extracting(Verdict::reason)
                .containsExactly("", "", "kl above bound", "does not induce refusal", "late layer", "not a number");
    }

    @Test
    void theFirstLateLayerIsCutOffDownwards() {
        assertThat(RULE.firstLateLayer(18)).isEqualTo(14);
        assertThat(RULE.firstLateLayer(32)).isEqualTo(25);
        assertThat(RULE.firstLateLayer(24)).isEqualTo(19);
    }

    @Test
    void withoutAnyCandidateBelowTheDivergenceBoundTheBoundIsDroppedAndSaid() {
        List<Verdict> verdicts = RULE.judge(
                List.of(
                        new CandidateScores(5, -1, -3.0, 2.0, 0.5),
                        new CandidateScores(6, -1, -5.0, 2.0, 0.9),
                        new CandidateScores(7, -1, -8.0, -1.0, 0.9)),
                LAYERS);

        assertThat(verdicts.get(1).status()).isEqualTo(Status.SELECTED);
        assertThat(verdicts.get(1).reason()).isEqualTo("kl relaxed: no candidate stayed at or below 0.1");
        assertThat(verdicts.get(0).status()).isEqualTo(Status.DISCARDED);
    }

    @Test
    void candidatesThatNeverInduceRefusalFailTheRun() {
        assertThatThrownBy(() -> RULE.judge(List.of(new CandidateScores(5, -1, -3.0, -2.0, 0.01)), LAYERS))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("None of 1 candidate directions before layer 14")
                .hasMessageContaining("direction.min-induce");
    }
}
