package org.demur.sae.format;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes zip files of stored entries, whose bytes depend on nothing but the contents. */
final class ZipWriter implements AutoCloseable {
    private static final int CHUNK_FLOATS = 1 << 14;
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final ZipOutputStream zip;

    private ZipWriter(ZipOutputStream zip) {
        this.zip = zip;
    }

    static ZipWriter create(Path file) throws IOException {
        return new ZipWriter(new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file))));
    }

    /** Adds an entry of these bytes. */
    void add(String name, byte[] bytes) throws IOException {
        add(name, bytes, new float[0]);
    }

    /** Adds an entry of a prefix and little-endian fp32. */
    void add(String name, byte[] prefix, float[] values) throws IOException {
        CRC32 checksum = new CRC32();
        emit(prefix, values, new OutputStream() {
            @Override
            public void write(int one) {
                checksum.update(one);
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                checksum.update(bytes, from, count);
            }
        });
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(prefix.length + (long) Float.BYTES * values.length);
        entry.setCrc(checksum.getValue());
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        emit(prefix, values, zip);
        zip.closeEntry();
    }

    private static void emit(byte[] prefix, float[] values, OutputStream target) throws IOException {
        target.write(prefix, 0, prefix.length);
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK_FLOATS) {
            int count = Math.min(CHUNK_FLOATS, values.length - from);
            chunk.asFloatBuffer().put(values, from, count);
            target.write(chunk.array(), 0, count * Float.BYTES);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
