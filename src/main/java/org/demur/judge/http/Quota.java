package org.demur.judge.http;

import java.io.Serializable;
import org.demur.config.ConfigSection;

/**
 * What a job may ask of an endpoint.
 *
 * @param parallelRequests at the same time
 * @param requestsPerMinute evenly spaced
 * @param maxRequests of one run, repeated attempts included; 0 for no limit
 * @param maxTokens of one run, read and written; 0 for no limit
 */
public record Quota(int parallelRequests, int requestsPerMinute, long maxRequests, long maxTokens)
        implements Serializable {

    /** Reads the settings of a judge. */
    public static Quota from(ConfigSection section) {
        return new Quota(
                section.positive("parallel-requests"),
                section.positive("requests-per-minute"),
                section.longInteger("max-requests"),
                section.longInteger("max-tokens"));
    }
}
