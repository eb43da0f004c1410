package org.demur.rows;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Makes numbered things in ascending order on a thread of its own, at most two ahead of the caller. The thread is never
 * interrupted, because that would close files which others read too; {@link #close} waits until it has made what it is at.
 *
 * @param <T> what is made
 */
final class ReadAhead<T> implements AutoCloseable {
    private static final int AHEAD = 2;
    private static final int NOT_BEGUN = -1;
    private static final double NS_PER_S = 1e9;
    private static final int LONGEST_READ_S = 60;

    private final IntFunction<T> maker;
    private final int end;
    private final ExecutorService thread;
    private final Deque<Future<T>> ahead = new ArrayDeque<>();
    private int next = NOT_BEGUN;
    private long waited_ns;

    /** Makes things below {@code end}. */
    ReadAhead(IntFunction<T> maker, int end) {
        this.maker = maker;
        this.end = end;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "demur-rows");
            created.setDaemon(true);
            return created;
        });
    }

    /** The thing of a number: any at first, then one more each time. What the maker threw is thrown on. */
    T take(int number) {
        if (next == NOT_BEGUN) {
            next = number;
        }
        if (number != next - ahead.size() || number < 0 || number >= end) {
            throw new IllegalArgumentException(
                    "Step " + number + " of " + end + " was asked for, step " + (next - ahead.size()) + " is next");
        }
        makeAhead(1);
        T made = await(ahead.remove());
        makeAhead(AHEAD);
        return made;
    }

    private void makeAhead(int most) {
        while (ahead.size() < most && next < end) {
            int number = next++;
            ahead.add(thread.submit(() -> maker.apply(number)));
        }
    }

    private T await(Future<T> made) {
        long start_ns = System.nanoTime();
        try {
            return made.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException("Reading training rows ahead failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted while waiting for training rows");
        } finally {
            waited_ns += System.nanoTime() - start_ns;
        }
    }

    /** Seconds that {@link #take} has waited. */
    double wait_s() {
        return waited_ns / NS_PER_S;
    }

    @Override
    public void close() {
        ahead.forEach(made -> made.cancel(false));
        thread.shutdown();
        try {
            thread.awaitTermination(LONGEST_READ_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
