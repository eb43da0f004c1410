package org.demur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file format, byte by byte. */
class NpyFileTest {
    @TempDir
    private Path folder;

    @Test
    void writesRowsWhereTheyBelong() throws IOException {
        Path path = folder.resolve("rows.npy");
        NpyFile file = NpyFile.create(path, 3, 2);
        file.put(1, new float[] {3, -4, 5, 6});
        file.put(0, new float[] {1, 2});
        file.flush();

        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] start = new byte[8];
        bytes.get(start);
        assertThat(start).isEqualTo(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        byte[] header = new byte[bytes.getShort()];
        bytes.get(header);
        assertThat(new String(header, StandardCharsets.US_ASCII))
                .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }")
                .endsWith("\n");
        assertThat(bytes.position() % 64).isZero();
        float[] values = new float[6];
        bytes.asFloatBuffer().get(values);
        assertThat(values).containsExactly(1, 2, 3, -4, 5, 6);
        assertThat(file.meanAbsolute(2)).isEqualTo(2.5);
    }
}
