package org.demur.bench;

import java.util.concurrent.locks.LockSupport;
import org.demur.ExitCode;
import org.demur.JobException;

/** The most anonymous memory that was resident since this began to watch, read every ten milliseconds. */
final class MemoryPeak implements AutoCloseable {
    private static final long PERIOD_NS = 10_000_000;

    private volatile long peak_bytes;
    private volatile boolean isClosed;

    MemoryPeak() {
        peak_bytes = anonymous_bytes();
        Thread watcher = new Thread(this::watch, "demur-memory-peak");
        watcher.setDaemon(true);
        watcher.start();
    }

    /** Anonymous resident memory now. */
    static long anonymous_bytes() {
        return ProcFiles.memory_bytes("RssAnon")
                .orElseThrow(() -> new JobException(
                        ExitCode.UNAVAILABLE,
                        "Cannot read RssAnon in /proc/self/status",
                        "only Linux tells a process its anonymous memory",
                        "run this benchmark on Linux"));
    }

    long bytes() {
        return peak_bytes;
    }

    private void watch() {
        while (!isClosed) {
            peak_bytes = Math.max(peak_bytes, anonymous_bytes());
            LockSupport.parkNanos(PERIOD_NS);
        }
    }

    /** Ends watching. */
    @Override
    public void close() {
        isClosed = true;
    }
}
