package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Safetensors files written and read back, and headers made by hand. */
class SafetensorsFileTest {
    private static final NamedTensor MATRIX =
            NamedTensor.f32("matrix", new long[] {2, 3}, new float[] {1, -2, 3.5f, 4, Float.MIN_VALUE, -0f});
    private static final NamedTensor NARROW = new NamedTensor(
            "a.narrow", DType.BF16, new long[] {3}, FloatBuffer.wrap(new float[] {1.00390625f, 1.01171875f, -3}));

    @TempDir
    private Path folder;

    @Test
    void readsBackWhatWasWritten() {
        Path path = folder.resolve("a.safetensors");
        SafetensorsWriter.write(path, Map.of("by", "é"), List.of(NARROW, MATRIX));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.names()).containsExactly("a.narrow", "matrix");
            assertThat(file.metadata()).containsExactly(Map.entry("by", "é"));
            assertThat(floats(file, "matrix")).containsExactly(1, -2, 3.5f, 4, Float.MIN_VALUE, -0f);
            // Ties go to the even neighbour: 1 + 1/256 down, 1 + 3/256 up.
            assertThat(floats(file, "a.narrow")).containsExactly(1, 1.015625f, -3);
        }
    }

    @Test
    void writesTheSameBytesWhateverTheOrderOfTheArguments() throws IOException {
        Path first = folder.resolve("a.safetensors");
        Path second = folder.resolve("b.safetensors");
        SafetensorsWriter.write(first, Map.of("x", "1", "y", "2"), List.of(NARROW, MATRIX));
        SafetensorsWriter.write(second, Map.of("y", "2", "x", "1"), List.of(MATRIX, NARROW));
        byte[] bytes = Files.readAllBytes(first);
        assertThat(Files.readAllBytes(second)).isEqualTo(bytes);
        long headerBytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(headerBytes % 8).isZero();
        assertThat(new String(bytes, 8, (int) headerBytes, StandardCharsets.UTF_8).stripTrailing())
                .isEqualTo("{\"__metadata__\":{\"x\":\"1\",\"y\":\"2\"},"
                        + "\"a.narrow\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[24,30]},"
                        + "\"matrix\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}");
    }

    @Test
    void refusesToWriteANameTwice() {
        assertThatThrownBy(() ->
                        SafetensorsWriter.write(folder.resolve("a.safetensors"), Map.of(), List.of(MATRIX, MATRIX)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two tensors named matrix");
    }

    @Test
    void readsChunksOfTensorsLargerThanOne() {
        float[] values = new float[40_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Path path = folder.resolve("long.safetensors");
        NamedTensor tensor = NamedTensor.f32("t", new long[] {40, 1000}, values);
        SafetensorsWriter.write(path, Map.of(), List.of(tensor));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(floats(file, "t")).isEqualTo(values);
            FloatBuffer rows = FloatBuffer.allocate(20_000);
            file.readRows("t", 17, 20, rows);
            assertThat(rows.array()).isEqualTo(Arrays.copyOfRange(values, 17_000, 37_000));
        }
    }

    @Test
    void readsRowsBeyondTwoGibibytes() throws IOException {
        long rows = 700_000_000;
        String header = "{\"t\":{\"dtype\":\"F32\",\"shape\":[" + rows + "],\"data_offsets\":[0," + 4 * rows + "]}}";
        Path path = write(header, new byte[0]);
        long start = Files.size(path);
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(start + 4 * rows);
            sparse.seek(start + 4 * (rows - 2));
            sparse.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(2.5f)));
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            FloatBuffer last = FloatBuffer.allocate(3);
            file.readRows("t", rows - 3, 3, last);
            assertThat(last.array()).containsExactly(0, 2.5f, 0);
            FloatBuffer across = FloatBuffer.allocate(100);
            file.readRows("t", (1L << 28) - 50, 100, across);
            assertThat(across.hasRemaining()).isFalse();
        }
    }

    @Test
    void readsWholeNumbers() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putLong(-1).putLong(1L << 40);
        Path path = write("{\"i\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}}", data.array());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.readLongs("i")).containsExactly(-1, 1L << 40);
            assertThatThrownBy(() -> floats(file, "i"))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("tensor i of type I64 is not readable");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            []                                                                      | does not begin with {
            {"a":5}                                                                 | entry a is not an object
            {"a":{"shape":[2],"data_offsets":[0,8]}}                                | unknown dtype
            {"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}                  | unknown dtype F31
            {"a":{"dtype":"Q8_0","shape":[2],"data_offsets":[0,8]}}                 | unknown dtype Q8_0
            {"a":{"dtype":"F32","data_offsets":[0,8]}}                              | entry a has no shape
            {"a":{"dtype":"F32","shape":[2]}}                                       | two data_offsets
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}                  | reversed data_offsets
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}                 | ends at byte 16 of 8
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}                  | do not fill its 8 bytes
            {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}                 | whole numbers >= 0 in shape
            {"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}                | whole numbers >= 0 in shape
            {"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,8]}} | do not fill
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}}  | header is not valid JSON
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                  | entry a leaves a gap before it
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                  | 4 bytes that belong to no tensor
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | entry b overlaps
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | Duplicate field 'a'
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{}                | something behind its object
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}                   | header is not valid JSON
            {"__metadata__":{"x":3}}                                                | __metadata__.x is not a string
            """)
    void refusesHeadersThatContradictTheData(String header, String reason) throws IOException {
        Path path = write(header, new byte[8]);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("crafted.safetensors")
                .hasMessageContaining(reason);
    }

    @Test
    void refusesDeepNestingBeforeTheStackEnds() throws IOException {
        Path path = write("{\"a\":{\"dtype\":" + "[".repeat(50_000) + "}", new byte[8]);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("crafted.safetensors");
    }

    @Test
    void refusesLengthsBeyondTheFile() throws IOException {
        for (long length : new long[] {0, -1, Long.MIN_VALUE, 17, 100_000_001}) {
            byte[] bytes = ByteBuffer.allocate(24)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(length)
                    .array();
            Path path = Files.write(folder.resolve("length.safetensors"), bytes);
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("length.safetensors: declares a header of " + Long.toUnsignedString(length));
        }
    }

    @Test
    void survivesEveryTruncationAndEveryFlippedByte() throws IOException {
        Path path = folder.resolve("fuzzed.safetensors");
        SafetensorsWriter.write(path, Map.of("x", "1"), List.of(NARROW, MATRIX));
        byte[] sound = Files.readAllBytes(path);
        for (int length = 0; length < sound.length; length++) {
            Files.write(path, Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("fuzzed.safetensors");
        }
        int refused = 0;
        for (int at = 0; at < sound.length; at++) {
            byte[] flipped = sound.clone();
            flipped[at] ^= (byte) 0xFF;
            Files.write(path, flipped);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.names()).hasSize(2);
            } catch (JobException e) {
                assertThat(e).hasMessageContaining("fuzzed.safetensors");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] utf8 = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + utf8.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(utf8.length).put(utf8).put(data);
        return Files.write(folder.resolve("crafted.safetensors"), bytes.array());
    }

    private static float[] floats(TensorSource source, String name) {
        FloatBuffer floats = FloatBuffer.allocate((int) source.info(name).elementCount());
        source.readFloats(name, floats);
        return floats.array();
    }
}
