package org.demur.judge.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Spaces the requests of all threads evenly, and holds all of them back when the server asks for it. */
final class Gate {
    private final long intervalNanos;
    private long nextNanos = System.nanoTime();
    private boolean isClosed;

    Gate(int requestsPerMinute) {
        intervalNanos = TimeUnit.MINUTES.toNanos(1) / requestsPerMinute;
    }

    /** Waits for this thread's turn; false when the gate was closed meanwhile. */
    synchronized boolean pass() throws InterruptedException {
        long now = System.nanoTime();
        while (!isClosed && now - nextNanos < 0) {
            TimeUnit.NANOSECONDS.timedWait(this, nextNanos - now);
            now = System.nanoTime();
        }
        nextNanos = now + intervalNanos;
        return !isClosed;
    }

    /** Lets nobody pass for so long. */
    synchronized void hold(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        nextNanos = until - nextNanos > 0 ? until : nextNanos;
    }

    /** Pauses this thread alone, or until the gate is closed. */
    synchronized void pause(Duration duration) throws InterruptedException {
        long until = System.nanoTime() + duration.toNanos();
        long now = System.nanoTime();
        while (!isClosed && now - until < 0) {
            TimeUnit.NANOSECONDS.timedWait(this, until - now);
            now = System.nanoTime();
        }
    }

    /** Ends all waiting; nobody passes any more. */
    synchronized void close() {
        isClosed = true;
        notifyAll();
    }
}
