package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedTest {
    private final List<Integer> closed = new ArrayList<>();
    private final Shared<String, Integer> shared = new Shared<>(closed::add);

    @Test
    void theLastUserFreesWhatTheFirstOneMade() {
        assertThat(shared.acquire("a", () -> 1)).isEqualTo(1);
        assertThat(shared.acquire("a", () -> 2)).isEqualTo(1);
        shared.release("a");
        assertThat(closed).isEmpty();
        shared.release("a");
        assertThat(closed).containsExactly(1);
        assertThat(shared.size()).isZero();
        assertThat(shared.acquire("a", () -> 3)).isEqualTo(3);
    }

    @Test
    void aFailureIsThrownAndForgotten() {
        assertThatThrownBy(() -> shared.acquire("a", () -> {
                    throw new IllegalStateException("no file");
                }))
                .hasMessage("no file");
        assertThat(shared.size()).isZero();
        assertThat(shared.acquire("a", () -> 1)).isEqualTo(1);
    }

    @Test
    void tasksAtTheSameTimeMakeItOnce() throws Exception {
        AtomicInteger made = new AtomicInteger();
        ExecutorService tasks = Executors.newFixedThreadPool(4);
        List<Future<Integer>> results = IntStream.range(0, 4)
                .mapToObj(i -> tasks.submit(() -> shared.acquire("a", made::incrementAndGet)))
                .toList();
        for (Future<Integer> result : results) {
            assertThat(result.get()).isEqualTo(1);
        }
        tasks.shutdown();
        IntStream.range(0, 4).forEach(i -> shared.release("a"));
        assertThat(closed).containsExactly(1);
    }
}
