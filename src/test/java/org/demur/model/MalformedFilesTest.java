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
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        long startNanos = System.nanoTime();
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
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(MOST_TIME);
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
