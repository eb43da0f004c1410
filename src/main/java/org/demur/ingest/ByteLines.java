package org.demur.ingest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The lines of a byte stream, with a bound on memory: what a line has beyond {@link #MAX_BYTES} is dropped. */
final class ByteLines {
    static final int MAX_BYTES = 16 << 20;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long number;
    private boolean isTruncated;

    ByteLines(InputStream in) {
        this.in = in;
    }

    /** Moves to the next line; false at the end of the stream. */
    boolean next() throws IOException {
        line.reset();
        isTruncated = false;
        int read = in.read();
        if (read < 0) {
            return false;
        }
        number++;
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (line.size() < MAX_BYTES) {
                line.write(read);
            } else {
                isTruncated = true;
            }
        }
        return true;
    }

    /** Counted from 1. */
    long number() {
        return number;
    }

    boolean isTruncated() {
        return isTruncated;
    }

    byte[] bytes() {
        return line.toByteArray();
    }

    boolean isBlank() {
        if (line.size() > 8) {
            return false;
        }
        for (byte character : line.toByteArray()) {
            if (character != ' ' && character != '\t' && character != '\r') {
                return false;
            }
        }
        return true;
    }
}
