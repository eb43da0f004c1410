package org.demur.hub;

import java.io.IOException;
import java.time.Duration;
import org.demur.ExitCode;
import org.demur.JobException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How failures of the network are borne.
 *
 * @param attempts without any progress, before giving up
 * @param firstPause after the first failure; it doubles with each further one
 * @param longestPause that a hub may ask for; when it asks for more, the fetch fails
 * @param silence after which a connection that sends nothing counts as dropped
 * @param pause how to wait
 */
record Patience(int attempts, Duration firstPause, Duration longestPause, Duration silence, Pause pause) {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

    /** Waits. */
    @FunctionalInterface
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    /** One attempt. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Five attempts within about a quarter of a minute, longer when the hub asks for it. */
    static Patience usual() {
        return new Patience(
                5,
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                duration -> Thread.sleep(duration.toMillis()));
    }

    /** Repeats what fails with an IOException; fails with RETRY when all attempts did. */
    <T> T call(String what, Attempt<T> attempt) {
        try {
            for (int failures = 1; ; failures++) {
                try {
                    return attempt.run();
                } catch (IOException e) {
                    Duration wait = wait(failures, e);
                    if (failures >= attempts || wait.compareTo(longestPause) > 0) {
                        throw HubFailure.unreachable(what, failures, e);
                    }
                    LOG.warn("fetch={} attempt={} failed={} next_in_ms={}", what, failures, e, wait.toMillis());
                    pause.of(wait);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(
                    ExitCode.RETRY,
                    what + ": the fetch was interrupted",
                    "the process was asked to end",
                    "start again; what has arrived is kept",
                    e);
        }
    }

    private Duration wait(int failures, IOException failure) {
        Duration own = firstPause.multipliedBy(1L << (failures - 1));
        Duration asked = failure instanceof PassingFailure passing ? passing.earliest() : Duration.ZERO;
        return asked.compareTo(own) > 0 ? asked : own;
    }
}
