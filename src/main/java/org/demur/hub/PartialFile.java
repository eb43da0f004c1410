package org.demur.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A blob while it arrives. Failures of the disk leave here as {@code JobException}, so that no caller takes them for
 * failures of the network, which are worth another attempt.
 */
final class PartialFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private PartialFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Opens what an earlier attempt left of {@code blob}, or begins anew. */
    static PartialFile beside(Path blob) {
        Path path = blob.resolveSibling(blob.getFileName() + ".incomplete");
        return onDisk(path, () -> {
            Files.createDirectories(path.getParent());
            return new PartialFile(path, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        });
    }

    long bytes() {
        return onDisk(path, channel::size);
    }

    /** Forgets everything from this byte on. */
    void cutAt(long bytes) {
        onDisk(path, () -> channel.truncate(bytes).position(bytes));
    }

    void append(byte[] chunk, int length) {
        onDisk(path, () -> {
            ByteBuffer rest = ByteBuffer.wrap(chunk, 0, length);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            return length;
        });
    }

    Checksum checksum(Checksum ofSameKind) {
        return ofSameKind.of(path);
    }

    /** Gives the file its final name in one step, after its bytes have reached the disk. */
    void publishAs(Path blob) {
        onDisk(path, () -> {
            channel.force(true);
            return Files.move(path, blob, StandardCopyOption.ATOMIC_MOVE);
        });
    }

    void delete() {
        onDisk(path, () -> Files.deleteIfExists(path));
    }

    @Override
    public void close() {
        onDisk(path, () -> {
            channel.close();
            return path;
        });
    }

    private interface DiskAction<T> {
        T run() throws IOException;
    }

    private static <T> T onDisk(Path path, DiskAction<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw HubFailure.disk(path, e);
        }
    }
}
