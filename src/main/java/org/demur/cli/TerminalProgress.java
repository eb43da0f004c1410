package org.demur.cli;

import java.io.PrintWriter;
import org.demur.runtime.Pace;
import org.demur.runtime.Progress;

/** Progress on one line of a terminal that is written over and over, at most five times a second. */
final class TerminalProgress implements Progress {
    private static final long MIN_GAP_NANOS = 200_000_000;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter terminal;
    private Pace pace = new Pace("", 0, "", 0);
    private long shownNanos;

    TerminalProgress(PrintWriter terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void start(String what, long total, String unit) {
        pace = new Pace(what, total, unit, System.nanoTime());
        show(System.nanoTime());
    }

    @Override
    public synchronized void advance(long amount) {
        pace.advance(amount);
        long now = System.nanoTime();
        if (now - shownNanos > MIN_GAP_NANOS) {
            show(now);
        }
    }

    @Override
    public synchronized void done() {
        terminal.print(CLEAR_LINE);
        terminal.flush();
    }

    private void show(long now) {
        shownNanos = now;
        terminal.print(CLEAR_LINE + "  " + pace.line(now));
        terminal.flush();
    }
}
