package org.demur.runtime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Progress where nobody watches: a log line for each tenth of a step. */
public final class LogProgress implements Progress {
    private static final Logger LOG = LoggerFactory.getLogger(LogProgress.class);

    private Pace pace = new Pace("", 0, "", 0);
    private int tenthsLogged;

    @Override
    public synchronized void start(String what, long total, String unit) {
        pace = new Pace(what, total, unit, System.nanoTime());
        tenthsLogged = 0;
    }

    @Override
    public synchronized void advance(long amount) {
        pace.advance(amount);
        int tenths = (int) (10 * pace.share());
        if (tenths > tenthsLogged) {
            tenthsLogged = tenths;
            LOG.info("{}", pace.line(System.nanoTime()));
        }
    }

    @Override
    public synchronized void done() {
        if (tenthsLogged < 10) {
            LOG.info("{}", pace.line(System.nanoTime()));
        }
    }
}
