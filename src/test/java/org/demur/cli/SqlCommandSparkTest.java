package org.demur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.demur.ExitCode;
import org.demur.TestSpark;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlCommandSparkTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void publishTwoRuns() {
        Warehouse warehouse = new Warehouse(TestSpark.session(), new Catalog(folder.toString(), new Configuration()));
        warehouse.publishRows(
                Table.QUARANTINE,
                RunId.of("1"),
                List.of(RowFactory.create("prompts", "a", "a.csv", 3L, null, "wrong_type", "1, \"2\"")));
        warehouse.publishRows(
                Table.QUARANTINE,
                RunId.of("2"),
                List.of(RowFactory.create("prompts", "b", "b.csv", 4L, "id", "empty_prompt", null)));
    }

    private int sql(String query, String format) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("sql", query, "--warehouse", folder.toString(), "--format", format);
    }

    @Test
    void allRunsAreOneView() {
        assertThat(sql("SELECT run, set_name, row_id FROM quarantine ORDER BY set_name", "table"))
                .isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        """
                        run            set_name  row_id
                        %s  a         NULL
                        %s  b         id
                        """
                                .formatted(RunId.of("1"), RunId.of("2")));
    }

    @Test
    void csvQuotesAndLeavesNullEmpty() {
        sql("SELECT row_id, detail FROM quarantine ORDER BY set_name", "csv");

        assertThat(out.toString()).isEqualTo("row_id,detail\r\n,\"1, \"\"2\"\"\"\r\nid,\r\n");
    }

    @Test
    void arraysReadAsLists() {
        sql("SELECT array(1, null, 2) AS plain, array(array('a'), array()) AS nested", "table");

        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        """
                        plain         nested
                        [1, null, 2]  [[a], []]
                        """);
    }

    @Test
    void jsonKeepsNull() {
        sql("SELECT row_id, source_line FROM quarantine WHERE set_name = 'a'", "json");

        assertThat(out.toString().strip()).isEqualTo("{\"row_id\":null,\"source_line\":3}");
    }

    @Test
    void tablesWithoutRunsAreEmpty() {
        assertThat(sql("SELECT count(*) AS n FROM scores", "csv")).isZero();
        assertThat(out.toString()).isEqualTo("n\r\n0\r\n");
    }

    @Test
    void badQueryIsAUsageErrorWithSparksWords() {
        assertThat(sql("SELECT nothing FROM quarantine", "table")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("UNRESOLVED_COLUMN").contains("nothing");
        assertThat(sql("SELEKT 1", "table")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("PARSE_SYNTAX_ERROR");
    }
}
