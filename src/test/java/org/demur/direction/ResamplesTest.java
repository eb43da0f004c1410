package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.demur.runtime.RunSeed;
import org.junit.jupiter.api.Test;

class ResamplesTest {
    private static final Samples SAMPLES = new Samples(new float[13][2], 8);
    private static final Resamples RESAMPLES = new Resamples(new RunSeed(4), 3);

    private static long harmful(int[] drawn) {
        return Arrays.stream(drawn).filter(i -> i < 8).count();
    }

    @Test
    void halvesAreDisjointAndBalanced() {
        Resamples.Halves halves = RESAMPLES.halves(SAMPLES, 1);

        assertThat(IntStream.concat(Arrays.stream(halves.first()), Arrays.stream(halves.second()))
                        .toArray())
                .hasSize(12)
                .doesNotHaveDuplicates();
        assertThat(harmful(halves.first())).isEqualTo(4);
        assertThat(harmful(halves.second())).isEqualTo(4);
        assertThat(RESAMPLES.halves(SAMPLES, 2).first()).isNotEqualTo(halves.first());
    }

    @Test
    void resamplesKeepTheSidesAndRepeat() {
        int[] drawn = RESAMPLES.withReplacement(SAMPLES, 0);

        assertThat(drawn).hasSize(13).isEqualTo(RESAMPLES.withReplacement(SAMPLES, 0));
        assertThat(harmful(drawn)).isEqualTo(8);
        assertThat(Arrays.stream(drawn).distinct().count()).isLessThan(13);
    }
}
