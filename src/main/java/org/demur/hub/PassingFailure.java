package org.demur.hub;

import java.io.IOException;
import java.time.Duration;

/** A failure of one attempt, after which another one may succeed. */
final class PassingFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final Duration earliest;

    PassingFailure(String message, Duration earliest) {
        super(message);
        this.earliest = earliest;
    }

    /** How long the other side asks to wait; zero when it does not ask. */
    Duration earliest() {
        return earliest;
    }
}
