package org.demur.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Closes a response that sends nothing for too long: the HTTP client limits the wait for its head only. */
final class SilenceGuard implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demur-fetch-guard");
        thread.setDaemon(true);
        return thread;
    });
    private final InputStream guarded;
    private final long limitNanos;
    private volatile long heardNanos = System.nanoTime();

    SilenceGuard(InputStream guarded, Duration limit) {
        this.guarded = guarded;
        this.limitNanos = limit.toNanos();
        long interval = Math.max(1, limit.toMillis() / 4);
        timer.scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** Something arrived. */
    void heard() {
        heardNanos = System.nanoTime();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void check() {
        if (System.nanoTime() - heardNanos > limitNanos) {
            try {
                guarded.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
