package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowOrderTest {
    private static final int ROWS = 50;
    private static final int PASSES = 4;

    private static long[] draw(WindowOrder order, int count) {
        long[] drawn = new long[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = order.held(order.draw());
            order.refill();
        }
        return drawn;
    }

    private static long[] all(long seed, int slots) {
        return draw(new WindowOrder(seed, ROWS, slots, PASSES), ROWS * PASSES);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 49, 50})
    void everyRowLeavesOnceInItsPass(int slots) {
        long[] drawn = all(3, slots);
        for (int pass = 0; pass < PASSES; pass++) {
            long[] own = Arrays.copyOfRange(drawn, pass * ROWS, (pass + 1) * ROWS);
            Arrays.sort(own);
            assertThat(own)
                    .isEqualTo(LongStream.range((long) pass * ROWS, (pass + 1L) * ROWS)
                            .toArray());
        }
    }

    @Test
    void theOrderDependsOnSeedAndPassAlone() {
        assertThat(all(3, 7)).isEqualTo(all(3, 7)).isNotEqualTo(all(4, 7)).isNotEqualTo(all(3, 8));
        long[] drawn = all(3, 7);
        long[] second = LongStream.of(Arrays.copyOfRange(drawn, ROWS, 2 * ROWS))
                .map(row -> row - ROWS)
                .toArray();
        assertThat(second).isNotEqualTo(Arrays.copyOf(drawn, ROWS));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 50})
    void canBeginAnywhere(int slots) {
        long[] drawn = all(3, slots);
        WindowOrder order = new WindowOrder(3, ROWS, slots, PASSES);
        for (int position : new int[] {0, 1, 30, 49, 50, 51, 99, 100, 140, 199}) {
            order.seek(position);
            assertThat(draw(order, drawn.length - position))
                    .as("from %d", position)
                    .isEqualTo(Arrays.copyOfRange(drawn, position, drawn.length));
        }
    }

    @Test
    void aRowLeavesNoSoonerThanItCameAndTheWindowIsItsOnlyMemory() {
        int slots = 10;
        long[] drawn = all(3, slots);
        for (int i = 0; i < drawn.length; i++) {
            assertThat(drawn[i]).isLessThan(i + slots);
        }
    }

    @Test
    void endsWithTheLastPass() {
        WindowOrder order = new WindowOrder(3, ROWS, 7, PASSES);
        draw(order, ROWS * PASSES);
        assertThatThrownBy(order::draw)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("have left");
    }
}
