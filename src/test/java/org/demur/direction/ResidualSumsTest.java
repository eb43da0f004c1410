package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidualSumsTest {
    @Test
    void differencesAreOrderedByLayerAndPositionWithTheLastPositionMinusOne() {
        ResidualSums harmful = ResidualSums.empty(8);
        harmful.add(new float[] {1, 2, 3, 4, 5, 6, 7, 8});
        harmful.add(new float[] {3, 4, 5, 6, 7, 8, 9, 10});
        ResidualSums harmless = ResidualSums.empty(8);
        harmless.add(new float[] {1, 1, 1, 1, 1, 1, 1, 1});

        List<Candidate> candidates = ResidualSums.differences(harmful, harmless, 2, 2);

        assertThat(candidates).extracting(Candidate::layer).containsExactly(0, 0, 1, 1);
        assertThat(candidates).extracting(Candidate::position).containsExactly(-2, -1, -2, -1);
        assertThat(candidates.get(0).vector_D()).containsExactly(1, 2);
        assertThat(candidates.get(3).vector_D()).containsExactly(7, 8);
    }

    @Test
    void sumsAreKeptInDoublePrecision() {
        ResidualSums sums = ResidualSums.empty(1);
        sums.add(new float[] {1e8f});
        for (int i = 0; i < 1000; i++) {
            sums.add(new float[] {1});
        }
        ResidualSums none = ResidualSums.empty(1);
        none.add(new float[] {0});

        float mean = ResidualSums.differences(sums, none, 1, 1).get(0).vector_D()[0];

        assertThat(mean).isEqualTo((float) ((1e8 + 1000) / 1001));
        assertThat(sums.n()).isEqualTo(1001);
    }

    @Test
    void partsAddUpToTheWhole() {
        ResidualSums whole = ResidualSums.empty(2);
        ResidualSums part = ResidualSums.empty(2);
        whole.add(new float[] {1, 2});
        part.add(new float[] {3, 4});
        whole.add(part);
        ResidualSums zero = ResidualSums.empty(2);
        zero.add(new float[] {0, 0});

        assertThat(whole.n()).isEqualTo(2);
        assertThat(ResidualSums.differences(whole, zero, 1, 1).get(0).vector_D())
                .containsExactly(2, 3);
    }
}
