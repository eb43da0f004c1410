package org.demur.judge.http;

import java.time.Duration;

/** What came of one request. */
sealed interface Reply {
    /** The server reports no use, so the whole booking counts. */
    long UNKNOWN = -1;

    /** Tokens that the server took for it, or {@link #UNKNOWN}. */
    long tokens();

    /** The answer that was asked for. */
    record Answer(boolean yes, long tokens) implements Reply {}

    /**
     * No answer, but the next attempt may bring one.
     *
     * @param earliest how long the server asks everybody to wait; zero when it does not ask
     */
    record Passing(String reason, Duration earliest, long tokens) implements Reply {}

    /** No answer, and no attempt on the same text will bring one. */
    record Final(String reason, long tokens) implements Reply {}
}
