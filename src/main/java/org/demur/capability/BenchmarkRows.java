package org.demur.capability;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Reads the file of a benchmark, JSON Lines in UTF-8. Each row is read or rejected; blank lines are skipped.
 *
 * @param <T> what a row becomes
 */
final class BenchmarkRows<T> {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String benchmark;
    private final Path file;
    private final List<T> read = new ArrayList<>();
    private final List<RejectedRow> rejected = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    private BenchmarkRows(String benchmark, Path file) {
        this.benchmark = benchmark;
        this.file = file;
    }

    /** A row that has no use, told by whoever reads it. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;
        private final String detail;

        Unusable(String reason, String detail) {
            super(reason + " " + detail);
            this.reason = reason;
            this.detail = detail;
        }
    }

    /** Reads an object with its id. */
    interface Reader<T> {
        T read(String id, JsonNode row) throws Unusable;
    }

    /** Reads at most {@code limit} usable rows; 0 reads all. */
    static <T> BenchmarkRows<T> of(String benchmark, Path file, int limit, Reader<T> reader) {
        BenchmarkRows<T> rows = new BenchmarkRows<>(benchmark, file);
        try (var in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            long number = 0;
            String line = in.readLine();
            while (line != null && (limit == 0 || rows.read.size() < limit)) {
                number++;
                if (!line.isBlank()) {
                    rows.take(number, line, reader);
                }
                line = in.readLine();
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return rows;
    }

    /** Usable rows, in file order. */
    List<T> read() {
        return read;
    }

    /** Rows set aside, in file order. */
    List<RejectedRow> rejected() {
        return rejected;
    }

    /** Text of a field, that may be a number. */
    static String text(JsonNode row, String field) throws Unusable {
        return optionalText(row, field).orElseThrow(() -> new Unusable("wrong_type", "no text in " + field));
    }

    /** Text of a field that may be absent. */
    static Optional<String> optionalText(JsonNode row, String field) {
        return Optional.of(row.path(field))
                .filter(value -> value.isTextual() || value.isNumber())
                .map(JsonNode::asText)
                .filter(text -> !text.isBlank());
    }

    private void take(long line, String text, Reader<T> reader) {
        String id = "";
        try {
            JsonNode row = JSON.readTree(text);
            if (!row.isObject()) {
                throw new Unusable("broken_json", "not an object but " + row.getNodeType());
            }
            id = optionalText(row, "id").orElseThrow(missing("missing_id"));
            if (ids.contains(id)) {
                throw new Unusable("duplicate_id", "");
            }
            read.add(reader.read(id, row));
            ids.add(id);
        } catch (JsonProcessingException e) {
            String detail = "malformed at column " + e.getLocation().getColumnNr();
            reject(line, id, new Unusable("broken_json", detail));
        } catch (Unusable e) {
            reject(line, id, e);
        }
    }

    private static Supplier<Unusable> missing(String reason) {
        return () -> new Unusable(reason, "");
    }

    private void reject(long line, String id, Unusable why) {
        rejected.add(new RejectedRow(benchmark, file.getFileName().toString(), line, id, why.reason, why.detail));
    }

    private static JobException unreadable(Path file, IOException cause) {
        return cause instanceof CharacterCodingException
                ? new JobException(
                        ExitCode.BAD_DATA,
                        "Benchmark file " + file + " is not UTF-8",
                        "it has another encoding or is damaged",
                        "convert or replace the file",
                        cause)
                : missing(file);
    }

    /** The failure on a file that is not there or may not be read. */
    static JobException missing(Path file) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                "Benchmark file " + file + " cannot be read",
                "it does not exist; relative paths start at the folder where the command was started",
                "correct capability.benchmarks in the job file");
    }

    /** The same rows as something else. */
    <U> List<U> map(Function<T, U> change) {
        return read.stream().map(change).toList();
    }
}
