package org.demur.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.demur.JobException;
import org.junit.jupiter.api.Test;

class RefusalTokensTest {
    @Test
    void tokensWithAWideMarginAreFoundStrongestFirst() {
        double[] harmful_V = {0.2, 0.5, 0.2, 0.1};
        double[] harmless_V = {0.1, 0.01, 0.17, 0.72};

        RefusalTokens tokens = RefusalTokens.find(harmful_V, harmless_V, 0.05);

        assertThat(tokens.ids()).containsExactly(1, 0);
        assertThat(tokens.evidence().get(0).onHarmful()).isEqualTo(0.5);
    }

    @Test
    void aModelThatStartsEveryAnswerAlikeIsRefused() {
        double[] same_V = {0.4, 0.6};

        assertThatThrownBy(() -> RefusalTokens.find(same_V, new double[] {0.41, 0.59}, 0.05))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("No refusal token: token 1 has the widest margin")
                .hasMessageContaining("0.0100")
                .hasMessageContaining("direction.refusal-token-threshold");
    }

    @Test
    void scoreIsTheLogOddsOfTheSummedProbability() {
        double[] p_V = {0.5, 0.25, 0.25};

        assertThat(RefusalTokens.score(p_V, new int[] {0, 1})).isCloseTo(Math.log(3), within(1e-6));
        assertThat(RefusalTokens.score(new double[] {1, 0, 0}, new int[] {0}))
                .isCloseTo(Math.log(1 + 1e-8) - Math.log(1e-8), within(1e-6));
    }
}
