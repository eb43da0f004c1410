package org.demur.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A matrix of fp32 rows in NumPy's file format, version 1.0, mapped into memory; at most 2 GiB. */
final class NpyFile {
    private static final int HEADER_BYTES = 128;

    private final MappedByteBuffer file;
    private final FloatBuffer values_RD;
    private final int width;

    private NpyFile(MappedByteBuffer file, int width) {
        this.file = file;
        this.width = width;
        this.values_RD = file.slice(HEADER_BYTES, file.capacity() - HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    /** Creates a file of that shape. */
    static NpyFile create(Path path, int rows, int width) {
        long size_bytes = HEADER_BYTES + (long) Float.BYTES * rows * width;
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer file = channel.map(FileChannel.MapMode.READ_WRITE, 0, size_bytes);
            file.put(0, header(rows, width));
            return new NpyFile(file, width);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + path + " of " + size_bytes + " bytes", e);
        }
    }

    private static byte[] header(int rows, int width) {
        String shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + width + "), }";
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        header.put((byte) 1).put((byte) 0).putShort((short) (HEADER_BYTES - header.position() - Short.BYTES));
        header.put(shape.getBytes(StandardCharsets.US_ASCII));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        return header.put((byte) '\n').array();
    }

    /** Writes rows from {@code firstRow} on; threads may write different rows at the same time. */
    void put(int firstRow, float[] rows_RD) {
        values_RD.put(firstRow * width, rows_RD);
    }

    /** Mean absolute value of the first rows, by which two programs can see that they wrote the same. */
    double meanAbsolute(int rows) {
        int count = Math.min(rows * width, values_RD.capacity());
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.abs(values_RD.get(i));
        }
        return sum / count;
    }

    /** Returns when all rows are on the disk. */
    void flush() {
        file.force();
    }
}
