package org.demur.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptReadersTest {
    @TempDir
    Path folder;

    private PromptSet set(String name) {
        String path = folder.resolve(name).toString();
        return PromptSet.from(ConfigSection.parse("name = s, path = \"" + path
                + "\", format = auto, limit = 0, with-response = false, kind = chat, window-tokens = 8,"
                + " max-tokens = 100, max-bytes = 1000, share = [0, 1], drop-in = [], where {}, uses = []"));
    }

    private List<SourceRow> read(PromptReader reader, String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
        List<SourceRow> rows = new ArrayList<>();
        reader.read(set(name), rows::add);
        return rows;
    }

    private List<SourceRow> jsonLines(String... lines) throws IOException {
        return read(new JsonLinesReader(), "p.jsonl", String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private static RejectReason reason(SourceRow row) {
        return ((SourceRow.Rejected) row).reason();
    }

    @Test
    void furtherColumnsAreKept() throws IOException {
        List<SourceRow> rows = jsonLines(
                "{\"id\":\"a\",\"prompt\":\"p\",\"label\":\"harmful\",\"category\":null,\"suffixes\":[\"x\",1],\"note\":\"n\"}");

        assertThat(rows)
                .containsExactly(new SourceRow.Read(
                        1, "a", "p", "", "harmful", "", Map.of("suffixes", "[\"x\",1]", "note", "n")));
    }

    @Test
    void linesAreCountedThroughBlankOnes() throws IOException {
        List<SourceRow> rows = jsonLines("", "{\"id\":1,\"prompt\":\"p\"}", "  \r", "{\"id\":2,\"prompt\":\"q\"}", "");

        assertThat(rows).extracting(SourceRow::line).containsExactly(2L, 4L);
    }

    @Test
    void everyBadLineHasItsReason() throws IOException {
        List<SourceRow> rows = jsonLines(
                "{\"id\":\"a\",",
                "[1]",
                "{\"id\":\"a\",\"prompt\":7}",
                "{\"prompt\":\"p\"}",
                "{\"id\":\"a\"}",
                "{\"id\":\"a\",\"id\":\"b\",\"prompt\":\"p\"}",
                "{\"id\":\"a\",\"prompt\":\"p\"} {}",
                "{\"id\":[],\"prompt\":\"p\"}");

        assertThat(rows)
                .extracting(PromptReadersTest::reason)
                .containsExactly(
                        RejectReason.BROKEN_JSON,
                        RejectReason.BROKEN_JSON,
                        RejectReason.WRONG_TYPE,
                        RejectReason.MISSING_ID,
                        RejectReason.MISSING_PROMPT,
                        RejectReason.BROKEN_JSON,
                        RejectReason.BROKEN_JSON,
                        RejectReason.WRONG_TYPE);
    }

    @Test
    void invalidUtf8IsBrokenJson() throws IOException {
        byte[] line = "{\"id\":\"a\",\"prompt\":\"?\"}".getBytes(StandardCharsets.ISO_8859_1);
        line[new String(line, StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xff;

        assertThat(read(new JsonLinesReader(), "p.jsonl", line))
                .extracting(PromptReadersTest::reason)
                .containsExactly(RejectReason.BROKEN_JSON);
    }

    @Test
    void csvRowsMayHaveLineBreaks() throws IOException {
        String csv = "id,prompt,topic\r\na,\"one\ntwo \"\"q\"\"\",x\r\nb,short\r\nc,p,y\r\n";

        List<SourceRow> rows = read(new CsvReader(), "p.csv", csv.getBytes(StandardCharsets.UTF_8));

        assertThat(rows.get(0))
                .isEqualTo(new SourceRow.Read(2, "a", "one\ntwo \"q\"", "", "", "", Map.of("topic", "x")));
        assertThat(reason(rows.get(1))).isEqualTo(RejectReason.WRONG_TYPE);
        assertThat(rows.get(1).line()).isEqualTo(4);
        assertThat(rows.get(2).line()).isEqualTo(5);
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> new JsonLinesReader().read(set("none.jsonl"), row -> true))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("none.jsonl does not exist")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.MISSING_INPUT);
    }

    @Test
    void readingStopsWhenEnoughIsRead() throws IOException {
        Files.writeString(folder.resolve("p.jsonl"), "{\"id\":1,\"prompt\":\"p\"}\n".repeat(9));
        List<SourceRow> rows = new ArrayList<>();

        new JsonLinesReader().read(set("p.jsonl"), row -> rows.add(row) && rows.size() < 4);

        assertThat(rows).hasSize(4);
    }

    @Test
    void textsThatCannotBeTokenisedAreSetAside() {
        TextChecks checks = new TextChecks(20);

        assertThat(judged(checks, "a", "fine \ud83d\ude00")).isEmpty();
        assertThat(judged(checks, "a", "again")).contains(RejectReason.DUPLICATE_ID);
        assertThat(judged(checks, "b", " \n\t")).contains(RejectReason.EMPTY_PROMPT);
        assertThat(judged(checks, "c", "x\ud83d")).contains(RejectReason.LONE_SURROGATE);
        assertThat(judged(checks, "d", "x\0")).contains(RejectReason.NUL_CHARACTER);
        assertThat(judged(checks, "e", "x".repeat(21))).contains(RejectReason.TOO_LONG);
        assertThat(judged(checks, "f", "x".repeat(20))).isEmpty();
    }

    private static Optional<RejectReason> judged(TextChecks checks, String id, String prompt) {
        return checks.judge(new SourceRow.Read(1, id, prompt, "", "", "", Map.of()))
                .map(SourceRow.Rejected::reason);
    }

    @Test
    void quarantineLimitIsACountOrAShare() {
        QuarantineLimit share = QuarantineLimit.from(ConfigSection.parse("quarantine-limit = \"1 %\""));
        QuarantineLimit count = QuarantineLimit.from(ConfigSection.parse("quarantine-limit = 12"));

        assertThat(share.isExceeded(10, 1000)).isFalse();
        assertThat(share.isExceeded(12, 1000)).isTrue();
        assertThat(count.isExceeded(12, 100)).isFalse();
        assertThat(count.isExceeded(13, 100)).isTrue();
        assertThatThrownBy(() -> QuarantineLimit.from(ConfigSection.parse("quarantine-limit = few")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("quarantine-limit");
    }
}
