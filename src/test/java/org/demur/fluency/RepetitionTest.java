package org.demur.fluency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepetitionTest {
    @Test
    void countsDifferentGrams() {
        Repetition repetition = Repetition.of(new int[] {1, 2, 1, 2, 3});
        assertThat(repetition.distinct()).containsExactly(3 / 5.0, 3 / 4.0, 1.0);
        assertThat(repetition.longest_tokens()).isEqualTo(2);
    }

    @Test
    void aTokenOverAndOverRepeatsAllButOne() {
        int[] same = new int[20];
        Arrays.fill(same, 7);
        assertThat(Repetition.of(same).longest_tokens()).isEqualTo(19);
        assertThat(Repetition.of(same).distinct()).containsExactly(1 / 20.0, 1 / 19.0, 1 / 18.0);
    }

    @Test
    void differentTokensRepeatNothing() {
        Repetition repetition = Repetition.of(IntStream.range(0, 50).toArray());
        assertThat(repetition.longest_tokens()).isZero();
        assertThat(repetition.distinct()).containsExactly(1, 1, 1);
    }

    @Test
    void shortSequencesHaveNoLongGrams() {
        assertThat(Repetition.of(new int[] {4}).distinct()).containsExactly(1, Double.NaN, Double.NaN);
        assertThat(Repetition.of(new int[0]).distinct()).containsOnly(Double.NaN);
    }
}
