package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors beyond what one mapping of 2 GiB reaches, in sparse files that take next to no disk. */
class LargeFileTest {
    private static final int COLUMNS = 4096;
    private static final int ROWS = 1_100_000;
    private static final int ROW_BYTES = COLUMNS / 32 * 34;

    @TempDir
    private Path folder;

    @Test
    void readsQuantisedTensorsOfGgufBeyondFourGibibytes() throws IOException {
        long bytes = (long) ROWS * ROW_BYTES;
        Path path = new TinyGguf()
                .tensorAt("large", 8, 0, ROWS, COLUMNS)
                .tensorAt("behind", 0, bytes, 2)
                .write(folder.resolve("large.gguf"));
        long start = Files.size(path);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(start + bytes + 2 * Float.BYTES);
            writeRow(file, start, (byte) 3);
            writeRow(file, start + bytes - ROW_BYTES, (byte) -5);
            file.seek(start + bytes + Float.BYTES);
            file.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(7.5f)));
        }
        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.info("large").elementCount()).isEqualTo((long) ROWS * COLUMNS);
            assertThat(row(file, 0)).isEqualTo(filled(3));
            assertThat(row(file, ROWS / 2)).isEqualTo(filled(0));
            assertThat(row(file, ROWS - 1)).isEqualTo(filled(-5));
            FloatBuffer behind = FloatBuffer.allocate(2);
            file.readFloats("behind", behind);
            assertThat(behind.array()).containsExactly(0, 7.5f);
        }
    }

    @Test
    void readsHalvesOfSafetensorsBeyondFourGibibytes() throws IOException {
        long bytes = (long) ROWS * COLUMNS * Short.BYTES;
        String header = "{\"large\":{\"dtype\":\"F16\",\"shape\":[" + ROWS + "," + COLUMNS + "],\"data_offsets\":[0,"
                + bytes + "]}}";
        Path path = folder.resolve("large.safetensors");
        long start = Long.BYTES + header.length();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(header.length()));
            file.write(header.getBytes(StandardCharsets.US_ASCII));
            file.setLength(start + bytes);
            file.seek(start);
            file.writeShort(Short.reverseBytes((short) 0x3C00));
            file.seek(start + bytes - Short.BYTES);
            file.writeShort(Short.reverseBytes((short) 0xC000));
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            float[] first = new float[COLUMNS];
            first[0] = 1;
            assertThat(row(file, 0)).isEqualTo(first);
            float[] last = new float[COLUMNS];
            last[COLUMNS - 1] = -2;
            assertThat(row(file, ROWS - 1)).isEqualTo(last);
        }
    }

    /** Q8_0 blocks of scale 1. */
    private static void writeRow(RandomAccessFile file, long position, byte weight) throws IOException {
        ByteBuffer row = ByteBuffer.allocate(ROW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (row.hasRemaining()) {
            row.putShort((short) 0x3C00);
            for (int i = 0; i < 32; i++) {
                row.put(weight);
            }
        }
        file.seek(position);
        file.write(row.array());
    }

    private static float[] row(TensorSource source, long index) {
        FloatBuffer row = FloatBuffer.allocate(COLUMNS);
        source.readRows("large", index, 1, row);
        return row.array();
    }

    private static float[] filled(float value) {
        float[] row = new float[COLUMNS];
        Arrays.fill(row, value);
        return row;
    }
}
