package org.demur.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
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

class PromptSplitsSparkTest {
    private static final RunId RUN = RunId.of("splits");
    private static final ModelSpec MODEL =
            new ModelSpec("classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf", "not checked here", 1);
    private static final int ROWS = 60;

    @TempDir
    Path folder;

    private Warehouse warehouse;

    @BeforeEach
    void write() throws IOException {
        warehouse = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("warehouse").toString(), new Configuration()));
        List<String> plain = new ArrayList<>();
        List<String> copied = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String kind = i % 3 == 0 ? "bread" : "wine";
            plain.add(String.format(
                    "{\"id\":\"a%d\",\"prompt\":\"What's in %s number %d?\",\"category\":\"%s\",\"shelf\":%d}",
                    i, kind, i, kind, i % 2));
            copied.add(String.format("{\"id\":\"b%d\",\"prompt\":\"WHAT\u2019S IN %s NUMBER %d\"}", i, kind, i));
        }
        copied.add("{\"id\":\"new\",\"prompt\":\"And what is not?\"}");
        Files.write(folder.resolve("plain.jsonl"), plain);
        Files.write(folder.resolve("copied.jsonl"), copied);
    }

    private PromptsSettings settings(String sets) throws IOException {
        String text =
                "let.dir = \"" + folder + "\"\nprompts.sets = [" + sets.replace("@", "path = ${let.dir}\"/") + "]\n";
        ConfigSection root = JobFile.read(Files.writeString(folder.resolve("job.conf"), text), List.of());
        PromptsSettings settings = PromptsSettings.from(root.section("prompts"), "2024-07-26");
        root.section("prompts").rejectUnknown();
        return settings;
    }

    private void ingest(String sets) throws IOException {
        new PromptsStage(settings(sets))
                .execute(new StageContext(
                        TestSpark.session(), warehouse, RUN, Map.of(), MODEL, new RunSeed(0), Progress.SILENT));
    }

    private Set<String> ids(String set) {
        Set<String> ids = new TreeSet<>();
        warehouse
                .read(Table.PROMPTS, RUN)
                .where("set_name = '" + set + "'")
                .select("prompt_id")
                .collectAsList()
                .forEach(row -> ids.add(row.getString(0).replaceAll("[ab]", "")));
        return ids;
    }

    private long reasons(String set, String reason) {
        return warehouse
                .read(Table.QUARANTINE, RUN)
                .where("set_name = '" + set + "' AND reason = '" + reason + "'")
                .count();
    }

    @Test
    void sharesOfOneTextAgreeInEveryFileAndLeaveNothingOut() throws IOException {
        ingest("{ name = first, @plain.jsonl\", share = [0, 0.6] }, { name = rest, @plain.jsonl\", share = [0.6, 1] },"
                + "{ name = copy, @copied.jsonl\", share = [0, 0.6] }");

        Set<String> both = new HashSet<>(ids("first"));
        both.retainAll(ids("rest"));
        Set<String> copy = ids("copy");
        copy.remove("new");
        assertThat(both).isEmpty();
        assertThat(ids("first").size() + ids("rest").size()).isEqualTo(ROWS);
        assertThat(ids("first")).hasSizeBetween(24, 48).isEqualTo(copy);
        assertThat(reasons("first", "outside_share"))
                .isEqualTo(ROWS - ids("first").size());
    }

    @Test
    void copiesInAnotherSpellingAreDroppedWhereverTheSetStands() throws IOException {
        ingest("{ name = copy, @copied.jsonl\", drop-in = [plain] }, { name = plain, @plain.jsonl\" }");

        assertThat(ids("copy")).containsExactly("new");
        assertThat(ids("plain")).hasSize(ROWS);
        assertThat(reasons("copy", "in_other_set")).isEqualTo(ROWS);
        assertThat(warehouse.manifest(Table.PROMPTS, RUN).facts())
                .containsEntry("source_rows_left_out", Integer.toString(ROWS))
                .containsEntry("source_rows_quarantined", "0")
                .containsEntry("source_rows_read", Integer.toString(2 * ROWS + 1));
    }

    @Test
    void columnsDecideByTheirValues() throws IOException {
        ingest("{ name = bread, @plain.jsonl\", where { category = [bread], shelf = [\"0\"] } }");

        assertThat(ids("bread")).hasSize(ROWS / 6).contains("0", "6").doesNotContain("3");
        assertThat(reasons("bread", "outside_where")).isEqualTo(ROWS - ROWS / 6);
    }

    @Test
    void aLimitCountsTheRowsTaken() throws IOException {
        ingest("{ name = few, @plain.jsonl\", limit = 5, where { category = [wine] } }");

        assertThat(ids("few")).containsExactly("1", "2", "4", "5", "7");
    }

    @Test
    void splitsChangeTheRunAndTheirAbsenceDoesNot() throws IOException {
        String whole = settings("{ name = a, @plain.jsonl\" }").canonicalJson();

        assertThat(whole).doesNotContain("share").doesNotContain("where").doesNotContain("dropIn");
        assertThat(settings("{ name = a, @plain.jsonl\", share = [0, 0.5] }").canonicalJson())
                .isNotEqualTo(whole);
    }

    @Test
    void impossibleSplitsAreRefused() {
        assertThatThrownBy(() -> settings("{ name = a, @plain.jsonl\", share = [0.7, 0.3] }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("share")
                .hasMessageContaining("[0.7, 0.3]");
        assertThatThrownBy(() -> settings("{ name = a, @plain.jsonl\", drop-in = [b] }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("a drops what is in 'b', which is no set");
        assertThatThrownBy(() -> settings(
                        "{ name = a, @plain.jsonl\", drop-in = [b] }," + "{ name = b, @plain.jsonl\", drop-in = [a] }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("wait for each other by drop-in");
    }
}
