package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.demur.direction.SelectionRule.Status;
import org.demur.direction.SelectionRule.Verdict;
import org.junit.jupiter.api.Test;

class JudgedRuleTest {
    @Test
    void fewestRefusalsWinAndTheBypassScoreBreaksTies() {
        List<Verdict> verdicts = JudgedRule.judge(
                List.of(
                        new CandidateScores(0, -2, -20, 5, 0.01),
                        new CandidateScores(0, -1, Double.NaN, -1, Double.NaN),
                        new CandidateScores(1, -1, -3, 5, 0.5),
                        new CandidateScores(2, -1, -4, -5, 0.5),
                        new CandidateScores(3, -1, -9, 5, 0.01)),
                new double[] {Double.NaN, 0.1, 0.1, 0.1, 0.2});

        assertThat(verdicts)
                .extracting(Verdict::status)
                .containsExactly(Status.DISCARDED, Status.KEPT, Status.KEPT, Status.SELECTED, Status.KEPT);
        assertThat(verdicts.get(0).reason()).isEqualTo("not the last position");
    }
}
