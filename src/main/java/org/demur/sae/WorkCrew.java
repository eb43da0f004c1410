package org.demur.sae;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few threads that share out numbered parts of a computation. Which thread takes which part is left open, so a part must
 * write only its own output; then the result does not depend on the number of threads.
 */
public final class WorkCrew implements AutoCloseable {
    /** The work of one part. */
    @FunctionalInterface
    public interface Part {
        /** Does part {@code part}; {@code slot} numbers the thread, for its scratch. */
        void run(int part, int slot);
    }

    private final int threads;
    private final ExecutorService pool;

    /** A crew of {@code threads}, the caller among them. */
    public WorkCrew(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(Math.max(1, threads - 1), task -> {
            Thread thread = new Thread(task, "demur-sae");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Number of threads, the caller among them. */
    public int threads() {
        return threads;
    }

    /** Runs parts {@code 0..parts-1} and returns when all are done; a part's failure is thrown on. */
    public void run(int parts, Part body) {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> helpers = new ArrayList<>();
        for (int slot = 1; slot < Math.min(threads, parts); slot++) {
            int mine = slot;
            helpers.add(pool.submit(() -> take(next, parts, body, mine)));
        }
        try {
            take(next, parts, body, 0);
        } finally {
            next.set(parts);
            helpers.forEach(WorkCrew::await);
        }
    }

    private static void take(AtomicInteger next, int parts, Part body, int slot) {
        for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
            body.run(part, slot);
        }
    }

    private static void await(Future<?> helper) {
        try {
            helper.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("A part failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted while a part was running");
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
