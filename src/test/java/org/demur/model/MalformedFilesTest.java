package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken files are refused by name, at once, and without believing their sizes. */
@Tag("shared")
class MalformedFilesTest {
    private static final Duration MOST_TIME = Duration.ofSeconds(1);
    private static final long MOST_BYTES = 100L << 20;

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("gguf")
    void treatsBrokenGgufAsExpected(String name, String expected) {
        check("malformed", name, expected, GgufFile::open);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("safetensors")
    void treatsBrokenSafetensorsAsExpected(String name, String expected) {
        check("malformed_safetensors", name, expected, SafetensorsFile::open);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            alignment_7.gguf                   | key general.alignment
            alignment_wrong_type.gguf          | key general.alignment
            bool_value_2.gguf                  | value of t.b
            deeply_nested_array.gguf           | value of t.arr
            huge_array.gguf                    | value of t.arr
            unknown_array_type.gguf            | value of t.x
            unknown_kv_type.gguf               | value of t.x
            duplicate_key.gguf                 | key general.architecture
            huge_string_value.gguf             | value of general.architecture
            duplicate_tensor_name.gguf         | tensor a.weight
            dim_zero.gguf                      | tensor a.weight
            dims_bytes_overflow.gguf           | tensor a.weight
            dims_huge_count.gguf               | tensor a.weight
            removed_tensor_type.gguf           | tensor a.weight
            row_not_multiple_of_block.gguf     | tensor a.weight
            no_data.gguf                       | tensor a.weight
            offset_misaligned.gguf             | tensor b.weight
            offset_overflow.gguf               | tensor b.weight
            offset_overlap.gguf                | tensor b.weight
            truncated_data.gguf                | tensor b.weight
            data_truncated.safetensors         | entry b
            hole.safetensors                   | entry b
            overlap.safetensors                | entry b
            dtype_mismatch.safetensors         | entry a
            missing_shape.safetensors          | entry a
            offset_fractional.safetensors      | entry a
            unknown_dtype.safetensors          | entry a
            duplicate_key.safetensors          | Duplicate field 'a'
            offset_overflow.safetensors        | at /a/data_offsets
            header_nan_number.safetensors      | at /a/shape
            metadata_not_strings.safetensors   | entry __metadata__.x
            """)
    void namesTheKeyOrTensorThatIsBroken(String name, String offender) {
        boolean gguf = name.endsWith(".gguf");
        Path file = SharedData.path("goldens", "gguf", gguf ? "malformed" : "malformed_safetensors", name);
        assertThatThrownBy(() -> readAll(file, gguf ? GgufFile::open : SafetensorsFile::open))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(offender);
    }

    /** What is wrong with these is what they hold, not how it is stored. */
    @Test
    void readsTheWeightsOfBrokenDictionaries() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(SharedData.path("goldens", "sae", "malformed"))) {
            files = all.filter(path -> path.toString().endsWith(".safetensors")).toList();
        }
        assertThat(files).hasSizeGreaterThan(20);
        for (Path file : files) {
            checkCost(() -> assertThatCode(() -> readAll(file, SafetensorsFile::open))
                    .as(file.toString())
                    .doesNotThrowAnyException());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing_shard", "tensor_not_in_shard", "path_traversal", "absolute_path"})
    void refusesIndexesThatLeadAstray(String name, @TempDir Path folder) throws IOException {
        String shard = "model-00001-of-00002.safetensors";
        Path bad = SharedData.path("goldens", "gguf", "malformed_safetensors", "bad_index");
        Path index = folder.resolve("model.safetensors.index.json");
        Files.copy(bad.resolve(shard), folder.resolve(shard));
        Files.copy(bad.resolve(name + ".json"), index);
        assertThatThrownBy(() -> ShardedSafetensors.ofIndex(index))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(name.equals("missing_shard") ? "model-00002-of-00002" : "index.json");
    }

    private static void check(String folder, String name, String expected, Function<Path, TensorSource> reader) {
        Path file = SharedData.path("goldens", "gguf", folder, name);
        checkCost(() -> {
            switch (expected) {
                case "load" -> assertThatCode(() -> readAll(file, reader)).doesNotThrowAnyException();
                case "refuse" -> assertRefused(file, () -> readAll(file, reader));
                case "load or refuse with a message" -> {
                    try {
                        readAll(file, reader);
                    } catch (JobException e) {
                        assertThat(e).hasMessageContaining(name);
                    }
                }
                default -> throw new IllegalStateException("unknown expectation " + expected);
            }
        });
    }

    private static void checkCost(Runnable reading) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        long startNanos = threads.getCurrentThreadCpuTime();
        reading.run();
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - startNanos))
                .isLessThan(MOST_TIME);
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocatedBefore).isLessThan(MOST_BYTES);
    }

    private static void assertRefused(Path file, ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOf(JobException.class)
                .hasMessageContaining(file.getFileName().toString())
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.MISMATCH);
    }

    private static void readAll(Path file, Function<Path, TensorSource> reader) {
        try (TensorSource source = reader.apply(file)) {
            for (String name : source.names()) {
                TensorInfo info = source.info(name);
                if (info.dtype().quantization().isPresent()) {
                    source.readFloats(name, FloatBuffer.allocate((int) info.elementCount()));
                }
            }
        }
    }

    static Stream<Arguments> gguf() throws IOException {
        return entries("malformed");
    }

    static Stream<Arguments> safetensors() throws IOException {
        return entries("malformed_safetensors");
    }

    private static Stream<Arguments> entries(String folder) throws IOException {
        Path index = SharedData.path("goldens", "gguf", folder, "index.json");
        JsonNode files = new ObjectMapper().readTree(index.toFile()).path("files");
        Stream.Builder<Arguments> entries = Stream.builder();
        for (Map.Entry<String, JsonNode> entry : files.properties()) {
            if (!entry.getKey().endsWith("/")) {
                entries.add(Arguments.of(
                        entry.getKey(), entry.getValue().path("expected").asText()));
            }
        }
        return entries.build();
    }
}
