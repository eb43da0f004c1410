package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerJobTest {
    private static double rate(String settings) {
        Path none = Path.of("none");
        return LayerTrainingSparkTest.job(List.of(), LayerTrainingSparkTest.settings(settings), none, none)
                .recipe()
                .peakRate();
    }

    @Test
    void roundsRaiseTheRateOfTheLawByTheRootOfTheShards() {
        double law = rate("learning-rate = auto");
        assertThat(rate("learning-rate = auto, mode = many")).isEqualTo(law);
        assertThat(rate("learning-rate = auto, mode = rounds")).isCloseTo(2 * law, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"synchronous", "rounds", "many"})
    void aRateThatIsSetHoldsInEveryMode(String mode) {
        assertThat(rate("learning-rate = 0.01, mode = " + mode)).isEqualTo(0.01);
    }
}
