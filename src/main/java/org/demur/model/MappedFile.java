package org.demur.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A read-only mapping of one regular file of any size, little-endian.
 *
 * <p>One {@link ByteBuffer} reaches 2 GiB, so the file is mapped as windows that start every GiB
 * and overlap by one: every range of up to 1 GiB lies within a single window.
 *
 * <p>Closing only drops the windows: the address space returns to the system when the garbage collector
 * has found them. Java 17 has no supported way to unmap at once (its memory segments are incubating, and
 * {@code Unsafe.invokeCleaner} would crash the process if another thread were reading), and read-only
 * pages of a file cost no memory that the system could not take back.
 */
final class MappedFile {
    private static final int STRIDE_BITS = 30;
    private static final long STRIDE = 1L << STRIDE_BITS;

    private final Path path;
    private final long size;
    private ByteBuffer[] windows;

    private MappedFile(Path path, long size, ByteBuffer[] windows) {
        this.path = path;
        this.size = size;
        this.windows = windows;
    }

    static MappedFile open(Path path) {
        if (!Files.exists(path)) {
            throw Refusal.missing(path, "no such file");
        }
        if (!Files.isRegularFile(path)) {
            throw Refusal.missing(path, "not a regular file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer[] windows = new ByteBuffer[Math.toIntExact((size + STRIDE - 1) >>> STRIDE_BITS)];
            for (int i = 0; i < windows.length; i++) {
                long start = i * STRIDE;
                long length = Math.min(size - start, Integer.MAX_VALUE);
                windows[i] = channel.map(FileChannel.MapMode.READ_ONLY, start, length)
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            return new MappedFile(path, size, windows);
        } catch (IOException e) {
            throw Refusal.missing(path, "cannot be read (" + e.getMessage() + ")");
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** Whether {@code length} bytes from {@code position} lie within the file. */
    boolean holds(long position, long length) {
        return position >= 0 && length >= 0 && position <= size && length <= size - position;
    }

    byte byteAt(long position) {
        return window(position, Byte.BYTES).get(within(position));
    }

    short shortAt(long position) {
        return window(position, Short.BYTES).getShort(within(position));
    }

    int intAt(long position) {
        return window(position, Integer.BYTES).getInt(within(position));
    }

    long longAt(long position) {
        return window(position, Long.BYTES).getLong(within(position));
    }

    /** A view of {@code length} bytes, at most 1 GiB, little-endian. */
    ByteBuffer slice(long position, int length) {
        if (length == 0) {
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        return window(position, length).slice(within(position), length).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] bytes(long position, int length) {
        byte[] bytes = new byte[slice(position, length).remaining()];
        slice(position, length).get(bytes);
        return bytes;
    }

    /** Forgets the mapping; the memory itself goes when no view of it is left. */
    void close() {
        windows = new ByteBuffer[0];
    }

    private ByteBuffer window(long position, int length) {
        if (length > STRIDE || !holds(position, length)) {
            throw Refusal.broken(path, "ends at byte " + size + " inside the " + length + " bytes at " + position);
        }
        ByteBuffer[] open = windows;
        if (open.length == 0) {
            throw new IllegalStateException(path + " is closed");
        }
        return open[(int) (position >>> STRIDE_BITS)];
    }

    private static int within(long position) {
        return (int) (position & (STRIDE - 1));
    }
}
