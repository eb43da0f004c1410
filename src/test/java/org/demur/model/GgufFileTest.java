package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** GGUF files made by hand, sound and broken. */
class GgufFileTest {
    @TempDir
    private Path folder;

    @Test
    void readsTensorsInRowMajorOrder() throws IOException {
        Path path = new TinyGguf().version(2).ramp("m", 2, 3).ramp("v", 4).write(folder.resolve("a.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.names()).containsExactly("m", "v");
            assertThat(file.info("m")).isEqualTo(new TensorInfo("m", new long[] {2, 3}, DType.F32));
            FloatBuffer row = FloatBuffer.allocate(3);
            file.readRows("m", 1, 1, row);
            assertThat(row.array()).containsExactly(3, 4, 5);
            FloatBuffer part = FloatBuffer.allocate(2);
            file.readRows("v", 2, 2, part);
            assertThat(part.array()).containsExactly(2, 3);
        }
    }

    @Test
    void readsRowsOfQuantisedTensors() throws IOException {
        byte[] blocks = new byte[3 * 34];
        for (int row = 0; row < 3; row++) {
            blocks[row * 34 + 1] = 0x3C; // binary16 1.0
            Arrays.fill(blocks, row * 34 + 2, row * 34 + 34, (byte) -row);
        }
        Path path = new TinyGguf().tensor("q", 8, blocks, 3, 32).write(folder.resolve("q.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            FloatBuffer rows = FloatBuffer.allocate(64);
            file.readRows("q", 1, 2, rows);
            assertThat(rows.get(0)).isEqualTo(-1);
            assertThat(rows.get(63)).isEqualTo(-2);
        }
    }

    @Test
    void namesTheTensorOfRequestsThatDoNotFit() throws IOException {
        Path path = new TinyGguf().ramp("m", 2, 3).write(folder.resolve("a.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertThatThrownBy(() -> file.readFloats("m", FloatBuffer.allocate(5)))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("a buffer of 5 for 6 elements of m F32[2, 3]");
            assertThatThrownBy(() -> file.readRows("m", 1, 2, FloatBuffer.allocate(6)))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("rows 1..3 of m");
            assertThatThrownBy(() -> file.info("n"))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("a.gguf: holds no tensor n");
        }
    }

    @Test
    void refusesListsOfNumbersThatDoNotFit() throws IOException {
        Path path = new TinyGguf()
                .key("k", 9, bytes -> {
                    bytes.int32(10);
                    bytes.int64(1);
                    bytes.int64(-1);
                })
                .write(folder.resolve("a.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertThatThrownBy(() -> file.metadata().wholes("k"))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("key k holds 18446744073709551615");
        }
    }

    @Test
    void refusesToReadAfterClosing() throws IOException {
        GgufFile file = GgufFile.open(new TinyGguf().ramp("v", 4).write(folder.resolve("a.gguf")));
        file.close();
        assertThatThrownBy(() -> file.readFloats("v", FloatBuffer.allocate(4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a.gguf is closed");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(new TinyGguf().version(1), "GGUF version 1"),
                Arguments.of(new TinyGguf().version(3 << 24), "big-endian"),
                Arguments.of(new TinyGguf().text("k", "a").text("k", "b"), "key k twice"),
                Arguments.of(new TinyGguf().key("k", 8, b -> b.int64(1L << 40)), "value of k declares 1099511627776"),
                Arguments.of(new TinyGguf().key("k", 8, b -> b.int64(-8)), "18446744073709551608"),
                Arguments.of(nested(), "array of arrays"),
                Arguments.of(new TinyGguf().key("k", 99, b -> b.int64(0)), "value of k has the unknown type 99"),
                Arguments.of(new TinyGguf().flag("k", 2), "bool stored as 2"),
                Arguments.of(new TinyGguf().whole("general.alignment", 7).ramp("v", 4), "general.alignment is 7"),
                Arguments.of(new TinyGguf().text("general.alignment", "x").ramp("v", 4), "general.alignment is not a"),
                Arguments.of(new TinyGguf().ramp("v", 4).ramp("v", 4), "tensor v twice"),
                Arguments.of(new TinyGguf().ramp("", 4), "without a name"),
                Arguments.of(new TinyGguf().tensorAt("v", 0, 0), "v has 0 dimensions"),
                Arguments.of(new TinyGguf().tensorAt("v", 0, 0, 1, 1, 1, 1, 1), "v has 5 dimensions"),
                Arguments.of(new TinyGguf().tensorAt("v", 0, 0, 0, 4), "v has a dimension of 0"),
                Arguments.of(new TinyGguf().tensorAt("v", 0, 0, 1L << 33, 1L << 33), "v has an impossible size"),
                Arguments.of(new TinyGguf().tensorAt("v", 0, 0, 1L << 31, 1L << 31), "v has an impossible size"),
                Arguments.of(
                        new TinyGguf().tensorAt("v", 0, 0, 4, -1), "dimension of tensor v is 18446744073709551615"),
                Arguments.of(new TinyGguf().tensorAt("v", 4, 0, 4), "v has the unknown type 4"),
                Arguments.of(new TinyGguf().tensorAt("v", 8, 0, 33), "v has rows of 33"),
                Arguments.of(new TinyGguf().ramp("u", 8).tensorAt("v", 0, 4, 1), "v starts at 4"),
                Arguments.of(new TinyGguf().ramp("u", 8).tensorAt("v", 0, 0, 1), "overlaps"),
                Arguments.of(new TinyGguf().ramp("u", 8).tensorAt("v", 0, 32, 1), "v reaches past the end"),
                Arguments.of(new TinyGguf().ramp("u", 8).tensorAt("v", 0, -32, 1), "offset of tensor v is"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("broken")
    void refusesWhatContradictsItself(TinyGguf file, String reason) throws IOException {
        Path path = file.write(folder.resolve("broken.gguf"));
        assertThatThrownBy(() -> GgufFile.open(path))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("broken.gguf")
                .hasMessageContaining(reason);
    }

    @Test
    void survivesEveryTruncationAndEveryFlippedByte() throws IOException {
        byte[] sound = new TinyGguf()
                .text("k", "value")
                .texts("l", List.of("a", "b"))
                .wholes("n", 1, 2)
                .ramp("m", 2, 3)
                .ramp("v", 4)
                .bytes();
        Path path = folder.resolve("fuzzed.gguf");
        for (int length = 0; length < sound.length - 16; length++) {
            Files.write(path, Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> GgufFile.open(path))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("fuzzed.gguf");
        }
        int refused = 0;
        for (int at = 0; at < sound.length; at++) {
            byte[] flipped = sound.clone();
            flipped[at] ^= (byte) 0xFF;
            Files.write(path, flipped);
            try (GgufFile file = GgufFile.open(path)) {
                assertThat(file.names()).hasSizeLessThanOrEqualTo(2);
            } catch (JobException e) {
                assertThat(e).hasMessageContaining("fuzzed.gguf");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private static TinyGguf nested() {
        return new TinyGguf().key("k", 9, bytes -> {
            for (int depth = 0; depth < 20_000; depth++) {
                bytes.int32(9);
                bytes.int64(1);
            }
        });
    }
}
