package org.demur.sae.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The entries of a zip file, read into memory only as far as a caller asks; nothing is ever unpacked to disk. */
final class ZipFolder implements AutoCloseable {
    private static final int MOST_ENTRIES = 100_000;
    private static final int CHUNK_BYTES = 1 << 16;
    /** Weights hardly compress; what inflates more than this is a bomb. */
    private static final long MOST_INFLATION = 200;

    private static final long FREE_INFLATION_BYTES = 16 << 20;

    private final Path path;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries;

    private ZipFolder(Path path, ZipFile zip, Map<String, ZipEntry> entries) {
        this.path = path;
        this.zip = zip;
        this.entries = entries;
    }

    /** Opens a file; one that is no zip, names an entry twice or inflates beyond reason is refused. */
    static ZipFolder open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw FormatRefusal.missing(path, "no such regular file");
        }
        ZipFile zip;
        try {
            zip = new ZipFile(path.toFile());
        } catch (IOException | IllegalArgumentException e) {
            throw FormatRefusal.broken(path, "is not a sound zip file (" + e.getMessage() + ")");
        }
        Map<String, ZipEntry> entries = new TreeMap<>();
        try {
            collect(path, zip, entries);
        } catch (RuntimeException e) {
            close(zip);
            throw e;
        }
        return new ZipFolder(path, zip, entries);
    }

    private static void collect(Path path, ZipFile zip, Map<String, ZipEntry> entries) {
        if (zip.size() > MOST_ENTRIES) {
            throw FormatRefusal.broken(path, "has " + zip.size() + " entries, more than " + MOST_ENTRIES);
        }
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            if (entries.put(entry.getName(), entry) != null) {
                throw FormatRefusal.broken(path, "has two entries " + entry.getName());
            }
            if (entry.getSize() > FREE_INFLATION_BYTES + MOST_INFLATION * Math.max(0, entry.getCompressedSize())) {
                throw FormatRefusal.broken(
                        path,
                        "entry " + entry.getName() + " inflates from " + entry.getCompressedSize() + " to "
                                + entry.getSize() + " bytes");
            }
        }
    }

    Path path() {
        return path;
    }

    Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** Bytes of an entry that is there, inflated. */
    long size(String name) {
        return entries.get(name).getSize();
    }

    /** A whole entry of at most {@code most} bytes. */
    byte[] bytes(String name, int most) {
        if (!has(name)) {
            throw FormatRefusal.broken(path, "holds no entry " + name);
        }
        if (size(name) > most) {
            throw FormatRefusal.broken(path, "entry " + name + " has " + size(name) + " bytes, more than " + most);
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size(name));
        read(name, 0, bytes.capacity(), bytes::put);
        return bytes.array();
    }

    /** Hands out {@code count} bytes of an entry from {@code from} on in chunks of a multiple of 16 bytes but the last. */
    void read(String name, long from, long count, Consumer<ByteBuffer> target) {
        try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entries.get(name)), new CRC32())) {
            in.skipNBytes(from);
            byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, count)];
            for (long left = count; left > 0; ) {
                int wanted = (int) Math.min(chunk.length, left);
                if (in.readNBytes(chunk, 0, wanted) < wanted) {
                    throw new EOFException("it ends " + left + " bytes early");
                }
                target.accept(ByteBuffer.wrap(chunk, 0, wanted).order(ByteOrder.LITTLE_ENDIAN));
                left -= wanted;
            }
            requireChecksum(name, from + count, in.getChecksum().getValue());
        } catch (IOException | IllegalArgumentException e) {
            throw FormatRefusal.broken(path, "entry " + name + " cannot be read (" + e.getMessage() + ")");
        }
    }

    private void requireChecksum(String name, long end, long actual) {
        if (end == size(name) && actual != entries.get(name).getCrc()) {
            throw FormatRefusal.broken(path, "entry " + name + " does not match its checksum");
        }
    }

    @Override
    public void close() {
        close(zip);
    }

    private static void close(ZipFile zip) {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
