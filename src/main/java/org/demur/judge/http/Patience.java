package org.demur.judge.http;

import java.io.Serializable;
import org.demur.config.ConfigSection;

/**
 * How failures are borne.
 *
 * @param attempts for one completion
 * @param firstPauseMillis after the first failure; doubles with each further one, and is shortened by up to a half at
 *     random, so that parallel requests don't return together
 * @param longestPauseMillis between two attempts; a server that asks for more is given up on for this completion
 * @param timeoutMillis for a whole answer, from sending to the last byte
 * @param giveUpAfter completions in a row that ended without an answer; then the job fails and can be resumed
 */
public record Patience(int attempts, int firstPauseMillis, int longestPauseMillis, int timeoutMillis, int giveUpAfter)
        implements Serializable {

    /** Reads the settings of a judge. */
    public static Patience from(ConfigSection section) {
        return new Patience(
                section.positive("attempts"),
                section.positive("first-pause-ms"),
                section.positive("longest-pause-ms"),
                section.positive("timeout-ms"),
                section.positive("give-up-after"));
    }

    /**
     * The pause after that many failures.
     *
     * @param chance uniform in [0, 1)
     */
    long pauseMillis(int failures, double chance) {
        double doubled = firstPauseMillis * Math.pow(2, failures - 1.0);
        return Math.round(Math.min(doubled, longestPauseMillis) * (1 - chance / 2));
    }
}
