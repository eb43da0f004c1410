package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.demur.ExitCode;
import org.demur.JobException;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    @Test
    void makesTwoAheadAndNoMore() throws InterruptedException {
        List<Integer> made = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch six = new CountDownLatch(3);
        try (ReadAhead<Integer> ahead = new ReadAhead<>(
                number -> {
                    made.add(number);
                    six.countDown();
                    return 10 * number;
                },
                100)) {
            assertThat(ahead.take(4)).isEqualTo(40);
            assertThat(six.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(made).containsExactly(4, 5, 6);
    }

    @Test
    void throwsOnWhatTheMakerThrew() {
        JobException failure = new JobException(ExitCode.BAD_DATA, "a row is bad", "for a test", "nothing");
        try (ReadAhead<Integer> ahead = new ReadAhead<>(
                number -> {
                    if (number == 2) {
                        throw failure;
                    }
                    return number;
                },
                100)) {
            ahead.take(0);
            ahead.take(1);
            assertThatThrownBy(() -> ahead.take(2)).isSameAs(failure);
        }
    }

    @Test
    void endsWithTheLastNumber() {
        try (ReadAhead<Integer> ahead = new ReadAhead<>(number -> number, 2)) {
            ahead.take(0);
            ahead.take(1);
            assertThatThrownBy(() -> ahead.take(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Step 2 of 2");
        }
    }

    @Test
    void measuresHowLongTheCallerWaits() {
        try (ReadAhead<Integer> ahead = new ReadAhead<>(ReadAheadTest::slow, 2)) {
            ahead.take(0);
            assertThat(ahead.wait_s()).isGreaterThan(0.04);
        }
    }

    private static int slow(int number) {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return number;
    }

    @Test
    void closingStopsTheThread() throws InterruptedException {
        ReadAhead<Thread> ahead = new ReadAhead<>(number -> Thread.currentThread(), 9);
        Thread thread = ahead.take(0);
        ahead.close();
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
    }
}
