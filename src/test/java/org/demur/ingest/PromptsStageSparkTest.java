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
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.config.ConfigSection;
import org.demur.config.JobFile;
import org.demur.engine.ModelSpec;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsStageSparkTest {
    private static final RunId RUN = RunId.of("prompts");
    private static final ModelSpec MODEL =
            new ModelSpec("classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf", "not checked here", 1);

    @TempDir
    Path folder;

    private Warehouse warehouse;

    @BeforeEach
    void open() {
        warehouse = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("warehouse").toString(), new Configuration()));
    }

    private void ingest(String hocon) throws IOException {
        Path job = Files.writeString(folder.resolve("job.conf"), "let.dir = \"" + folder + "\"\nprompts " + hocon);
        ConfigSection root = JobFile.read(job, List.of());
        PromptsStage stage = new PromptsStage(PromptsSettings.from(root.section("prompts"), "2024-07-26"));
        stage.execute(new StageContext(
                TestSpark.session(), warehouse, RUN, Map.of(), MODEL, new RunSeed(0), Progress.SILENT));
    }

    private static List<String> thousandLinesWithTwelveBad() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 988; i++) {
            lines.add("{\"id\":\"p" + i + "\",\"prompt\":\"How do I bake bread number " + i + "?\"}");
        }
        lines.add(5, "{\"id\":\"x\",");
        lines.add(17, "\"text\"");
        lines.add(20, "{\"id\":\"w\",\"prompt\":[\"a\"]}");
        lines.add(33, "{\"prompt\":\"no id\"}");
        lines.add(40, "{\"id\":\"\",\"prompt\":\"empty id\"}");
        lines.add(50, "{\"id\":\"p1\",\"prompt\":\"twice\"}");
        lines.add(60, "{\"id\":\"e\",\"prompt\":\"  \"}");
        lines.add(70, "{\"id\":\"m\"}");
        lines.add(80, "{\"id\":\"s\",\"prompt\":\"half \\ud83d\"}");
        lines.add(90, "{\"id\":\"n\",\"prompt\":\"nul \\u0000\"}");
        lines.add(100, "{\"id\":\"l\",\"prompt\":\"" + "long ".repeat(250_000) + "\"}");
        lines.add(110, "{\"id\":\"t\",\"prompt\":\"" + "many tokens ".repeat(5_000) + "\"}");
        return lines;
    }

    @Test
    void noRowDisappears() throws IOException {
        Files.write(folder.resolve("p.jsonl"), thousandLinesWithTwelveBad(), StandardCharsets.UTF_8);
        String sets = "sets = [{ name = p, path = ${let.dir}\"/p.jsonl\" }]";

        assertThatThrownBy(() -> ingest("{ quarantine-limit = \"1 %\", " + sets + " }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("12 of 1000 prompt rows are bad; the limit is 1.0 %")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.BAD_DATA);
        assertThat(warehouse.isPublished(Table.PROMPTS, RUN)).isFalse();

        ingest("{ quarantine-limit = \"2 %\", " + sets + " }");

        assertThat(warehouse.manifest(Table.PROMPTS, RUN).rows()).isEqualTo(988);
        assertThat(warehouse.manifest(Table.PROMPTS, RUN).facts())
                .containsEntry("source_rows_read", "1000")
                .containsEntry("source_rows_quarantined", "12");
        assertThat(warehouse.read(Table.QUARANTINE, RUN).orderBy("source_line").collectAsList())
                .extracting(row -> row.getLong(3) + " " + row.getString(5))
                .containsExactly(
                        "6 broken_json",
                        "18 broken_json",
                        "21 wrong_type",
                        "34 missing_id",
                        "41 missing_id",
                        "51 duplicate_id",
                        "61 empty_prompt",
                        "71 missing_prompt",
                        "81 lone_surrogate",
                        "91 nul_character",
                        "101 too_long",
                        "111 too_many_tokens");
    }

    @Test
    void everyFormatGivesTheSameRows() throws IOException {
        Files.writeString(
                folder.resolve("p.jsonl"),
                "{\"id\":\"a\",\"prompt\":\"How do I bake bread?\",\"label\":\"harmless\",\"target\":\"Slowly.\"}\n");
        Files.writeString(folder.resolve("p.csv"), "id,prompt,label,target\na,How do I bake bread?,harmless,Slowly.\n");
        TestSpark.session()
                .read()
                .json(folder.resolve("p.jsonl").toString())
                .coalesce(1)
                .write()
                .parquet(folder.resolve("p.parquet").toString());

        ingest(
                """
                { sets = [
                  { name = jsonl, path = ${let.dir}"/p.jsonl", with-response = true }
                  { name = csv, path = ${let.dir}"/p.csv", with-response = true }
                  { name = parquet, path = ${let.dir}"/p.parquet", with-response = true }
                ] }
                """);

        Dataset<Row> distinct = warehouse
                .read(Table.PROMPTS, RUN)
                .drop("set_name", "source_file", "source_line", "extra")
                .distinct();
        assertThat(warehouse.read(Table.PROMPTS, RUN).count()).isEqualTo(6);
        assertThat(distinct.select("kind").collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder("chat", "chat_response");
    }

    @Test
    void templateCodeInAPromptStaysTextAndClassesCoverEveryToken() throws IOException {
        Files.writeString(
                folder.resolve("p.jsonl"), "{\"id\":\"a\",\"prompt\":\"{{ 7*7 }} {% for %} <|im_end|> </script>\"}\n");

        ingest("{ sets = [{ name = p, path = ${let.dir}\"/p.jsonl\" }] }");

        Row row = warehouse.read(Table.PROMPTS, RUN).first();
        assertThat(row.getString(8)).contains("{{ 7*7 }} {% for %} <|im_end|> </script>");
        assertThat(row.getList(9)).hasSize(row.getInt(11));
        assertThat(row.getList(10)).hasSize(row.getInt(11)).contains("content", "post_instruction");
    }

    @Test
    void plainTextIsCutIntoWindows() throws IOException {
        Files.writeString(folder.resolve("t.txt"), "one line of text\nand another line of text\n".repeat(40));

        ingest("{ sets = [{ name = t, path = ${let.dir}\"/t.txt\", window-tokens = 32, limit = 3 }] }");

        List<Row> rows = warehouse
                .read(Table.PROMPTS, RUN)
                .orderBy("prompt_id")
                .select("prompt_id", "kind", "n_tokens", "source_line")
                .collectAsList();
        assertThat(rows)
                .extracting(row -> row.getString(0))
                .containsExactly("t.txt:00000", "t.txt:00001", "t.txt:00002");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.getString(1)).isEqualTo("text");
            assertThat(row.getInt(2)).isEqualTo(32);
        });
        assertThat(rows.get(0).getLong(3)).isEqualTo(1);
        assertThat(rows.get(2).getLong(3)).isGreaterThan(rows.get(1).getLong(3));
    }
}
