package org.demur.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.demur.ExitCode;
import org.demur.JobException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs work in smaller parts when native memory runs out. Rows don't depend on each other, so results stay the same. */
final class Halving {
    private static final Logger LOG = LoggerFactory.getLogger(Halving.class);
    private static final List<String> SIGNS =
            List.of("not enough memory", "can't allocate memory", "out of memory", "cannot allocate memory");

    private Halving() {}

    /**
     * Runs all rows.
     *
     * @param work may be called again for rows that it has seen; what it did for them before must not matter
     */
    static <R> void run(List<R> rows, Consumer<List<R>> work) {
        Deque<List<R>> open = new ArrayDeque<>(List.of(rows));
        while (!open.isEmpty()) {
            List<R> part = open.pop();
            try {
                work.accept(part);
            } catch (RuntimeException e) {
                if (!isOutOfMemory(e)) {
                    throw e;
                }
                if (part.size() == 1) {
                    throw tooLarge(e);
                }
                LOG.warn("native memory ran out with {} rows at once; going on with half as many", part.size());
                int half = part.size() / 2;
                open.push(part.subList(half, part.size()));
                open.push(part.subList(0, half));
            }
        }
    }

    /** Whether the tensor library said that it got no memory; it has no exception of its own for that. */
    static boolean isOutOfMemory(RuntimeException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return SIGNS.stream().anyMatch(message::contains);
    }

    private static JobException tooLarge(RuntimeException cause) {
        return new JobException(
                ExitCode.UNAVAILABLE,
                "Native memory ran out with a single row in the batch",
                "the machine has too little memory for this model beside what else runs on it",
                "lower model.batch-memory, run fewer tasks at once, or use a machine with more memory",
                cause);
    }
}
