package org.demur.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Rows in a scratch file, one owned row after the other, so that a piece is one sequential read. The file has no name once it
 * is open where the system allows that, so that not even the death of the process leaves it behind.
 */
final class SpillFile implements RowStore, RowReceiver {
    private static final int BUFFER_BYTES = 1 << 18;

    private final RankRanges owned;
    private final int rowBytes;
    private final Path path;
    private final FileChannel file;
    private final ByteBuffer unwritten;
    private long unwrittenAt;
    private int nextPlace = -1;

    SpillFile(RankRanges owned, RowFormat format, Path folder) {
        this.owned = owned;
        this.rowBytes = format.bytes();
        this.path = folder.resolve("demur-rows-" + UUID.randomUUID());
        this.unwritten = ByteBuffer.allocateDirect(Math.max(rowBytes, BUFFER_BYTES / rowBytes * rowBytes))
                .order(ByteOrder.LITTLE_ENDIAN);
        try {
            this.file = FileChannel.open(
                    path,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw failure("create", e);
        }
    }

    @Override
    public void take(int place, short[] row) {
        if (place != nextPlace || !unwritten.hasRemaining()) {
            flush();
            unwrittenAt = (long) place * rowBytes;
        }
        for (int word = 0; word < rowBytes / Short.BYTES; word++) {
            unwritten.putShort(row[word]);
        }
        nextPlace = place + 1;
    }

    /** Writes what {@link #take} has gathered; to be called after the last row. */
    void flush() {
        unwritten.flip();
        try {
            while (unwritten.hasRemaining()) {
                unwrittenAt += file.write(unwritten, unwrittenAt);
            }
        } catch (IOException e) {
            throw failure("write", e);
        }
        unwritten.clear();
    }

    @Override
    public void read(Piece piece, short[] words) {
        int count = piece.rows() * rowBytes / Short.BYTES;
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, (long) count * Short.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        long at = (long) owned.place(piece.from()) * rowBytes;
        try {
            for (int done = 0; done < count; ) {
                chunk.clear().limit((int) Math.min(chunk.capacity(), (count - done) * (long) Short.BYTES));
                while (chunk.hasRemaining()) {
                    int read = file.read(chunk, at);
                    if (read < 0) {
                        throw new IOException("the file ends at byte " + at);
                    }
                    at += read;
                }
                chunk.flip();
                chunk.asShortBuffer().get(words, done, chunk.limit() / Short.BYTES);
                done += chunk.limit() / Short.BYTES;
            }
        } catch (IOException e) {
            throw failure("read", e);
        }
    }

    private JobException failure(String what, IOException cause) {
        return new JobException(
                ExitCode.FAILED,
                "Cannot " + what + " the scratch file " + path + " of " + owned.rows() + " rows of " + rowBytes
                        + " bytes",
                "the disk is full, or the task was stopped",
                "give Spark a larger spark.local.dir, or raise train.memory-mib",
                cause);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failure("close", e);
        }
    }
}
