package org.demur.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to write a blob, held by one thread of one process. The Python library takes another kind of lock and is
 * not kept out; should both write at once, the checksum tells.
 */
final class BlobLock implements AutoCloseable {
    // File locks belong to the whole process, so its own threads need another one.
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final FileChannel channel;

    private BlobLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits until nobody else holds it. The file stays afterwards, as others may already wait for it. */
    static BlobLock take(Path file) {
        THREADS.lock();
        try {
            Files.createDirectories(file.getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock();
            return new BlobLock(channel);
        } catch (IOException e) {
            THREADS.unlock();
            throw HubFailure.disk(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("A lock file cannot be closed", e);
        } finally {
            THREADS.unlock();
        }
    }
}
