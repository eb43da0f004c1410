package org.demur.ingest;

import java.util.function.Predicate;

/** Reads the rows of one source file in order. */
interface PromptReader {
    /**
     * Hands over row after row until the file ends or {@code sink} answers false.
     *
     * @throws org.demur.JobException if the file as a whole cannot be read
     */
    void read(PromptSet set, Predicate<SourceRow> sink);
}
