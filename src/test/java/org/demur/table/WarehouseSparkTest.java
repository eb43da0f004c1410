package org.demur.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.schema.Table;
import org.demur.schema.VectorDtype;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarehouseSparkTest {
    private static final RunId RUN = RunId.of("{\"a\":1}");

    @TempDir
    Path folder;

    private Warehouse warehouse;

    @BeforeEach
    void open() {
        warehouse = new Warehouse(TestSpark.session(), new Catalog(folder.toString(), new Configuration()));
    }

    private static Row activation(int layer, int position) {
        byte[] vector = VectorDtype.BF16.encode(new float[] {layer, position}, 0, 2);
        return RowFactory.create(
                layer, "resid_post", "set", "p" + position, "chat", position, 7, "content", 1.5f, vector, "bf16", 2);
    }

    private static Dataset<Row> rows(List<Row> rows, int partitions) {
        return TestSpark.session()
                .createDataFrame(rows, Table.ACTIVATIONS.schema())
                .repartition(partitions);
    }

    private static List<Row> someRows() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(activation(i % 2 == 0 ? 7 : 12, i));
        }
        return rows;
    }

    @Test
    void partitionedRowsComeBackWithTheirTypes() {
        warehouse.publish(Table.ACTIVATIONS, RUN, rows(someRows(), 3));

        Dataset<Row> back = warehouse.read(Table.ACTIVATIONS, RUN);

        assertThat(back.schema().fieldNames())
                .containsExactly(Table.ACTIVATIONS.schema().fieldNames());
        assertThat(back.where("layer = 7").count()).isEqualTo(20);
        assertThat(back.where("layer = 7").select("layer").first().getInt(0)).isEqualTo(7);
        assertThat(back.selectExpr("demur_vector(vector, dtype)[1] AS x")
                        .agg(Map.of("x", "sum"))
                        .first()
                        .getDouble(0))
                .isEqualTo(780.0);
    }

    @ParameterizedTest
    @EnumSource
    void filesHoldTheColumnsOfTheDefinition(Table table) throws IOException {
        StructType defined = table.schema();
        warehouse.publish(table, RUN, TestSpark.session().createDataFrame(List.of(nulls(defined)), defined));

        String name = warehouse.manifest(table, RUN).files().get(0).path();
        Path file = folder.resolve(table.sqlName()).resolve("run=" + RUN).resolve(name);
        StructType written = TestSpark.session().read().parquet(file.toString()).schema();
        assertThat(namesAndTypes(written, List.of())).isEqualTo(namesAndTypes(defined, table.partitionColumns()));
    }

    private static Row nulls(StructType schema) {
        return RowFactory.create(Arrays.stream(schema.fields())
                .map(column -> column.dataType() == DataTypes.IntegerType ? (Object) 7 : null)
                .toArray());
    }

    private static List<String> namesAndTypes(StructType schema, List<String> left) {
        return Arrays.stream(schema.fields())
                .filter(column -> !left.contains(column.name()))
                .map(column -> column.name() + " " + column.dataType().catalogString())
                .toList();
    }

    @Test
    void digestIgnoresOrderAndFilesButNotContent() {
        List<Row> shuffled = new ArrayList<>(someRows());
        Collections.shuffle(shuffled, new Random(5));
        warehouse.publish(Table.ACTIVATIONS, RUN, rows(someRows(), 1));
        warehouse.publish(Table.ACTIVATIONS, RUN, rows(shuffled, 5));

        List<Row> other = new ArrayList<>(someRows());
        other.set(3, activation(12, 4));
        assertThatThrownBy(() -> warehouse.publish(Table.ACTIVATIONS, RUN, rows(other, 2)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("already there with digest")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.EXISTS);
        assertThat(warehouse.read(Table.ACTIVATIONS, RUN).count()).isEqualTo(40);
    }

    @Test
    void aFailingTaskLeavesNothingBehind() throws IOException {
        Dataset<Row> failing = TestSpark.session()
                .createDataFrame(
                        rows(someRows(), 2).toJavaRDD().map(WarehouseSparkTest::failing), Table.ACTIVATIONS.schema());

        assertThatThrownBy(() -> warehouse.publish(Table.ACTIVATIONS, RUN, failing))
                .hasMessageContaining("Job aborted");

        assertThat(warehouse.isPublished(Table.ACTIVATIONS, RUN)).isFalse();
        try (Stream<Path> staged = Files.list(folder.resolve("activations/_staging"))) {
            assertThat(staged).isEmpty();
        }
    }

    private static Row failing(Row row) {
        if (row.getInt(5) == 39) {
            throw new IllegalStateException("row 39 fails");
        }
        return row;
    }

    @Test
    void emptyTableIsPublishedWithItsColumns() {
        warehouse.publish(Table.ACTIVATIONS, RUN, rows(List.of(), 1));

        assertThat(warehouse.manifest(Table.ACTIVATIONS, RUN).rows()).isZero();
        assertThat(warehouse.read(Table.ACTIVATIONS, RUN).select("vector").count())
                .isZero();
    }

    @Test
    void truncatedFileIsRefused() throws IOException {
        warehouse.publish(Table.ACTIVATIONS, RUN, rows(someRows(), 1));
        String name = warehouse.manifest(Table.ACTIVATIONS, RUN).files().get(0).path();
        Path file = folder.resolve("activations/run=" + RUN).resolve(name);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(access.length() - 20);
        }

        assertThatThrownBy(() -> warehouse.read(Table.ACTIVATIONS, RUN))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("the manifest says");
    }

    @Test
    void runWithoutManifestIsInvisible() throws IOException {
        Files.createDirectories(folder.resolve("prompts/run=" + RUN));

        assertThat(warehouse.isPublished(Table.PROMPTS, RUN)).isFalse();
        assertThat(warehouse.catalog().runs(Table.PROMPTS)).isEmpty();
        assertThatThrownBy(() -> warehouse.read(Table.PROMPTS, RUN))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("prompts of run " + RUN + " is not published");
    }

    @Test
    void otherColumnsAreRefused() {
        assertThatThrownBy(() -> warehouse.publish(Table.PROMPTS, RUN, rows(someRows(), 1)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("the table is defined as set_name STRING");
    }

    @Test
    void artefactsArePublishedOnceAndKept() throws IOException {
        Path staged = warehouse.stageFiles("saes", RUN);
        Files.createDirectories(staged.resolve("layer=12"));
        Files.writeString(staged.resolve("layer=12/sae.json"), "{}");
        warehouse.publishFiles("saes", RUN, staged);

        assertThat(warehouse.files("saes", RUN).resolve("layer=12/sae.json")).hasContent("{}");

        Path again = warehouse.stageFiles("saes", RUN);
        Files.writeString(again.resolve("other.json"), "{}");
        assertThatThrownBy(() -> warehouse.publishFiles("saes", RUN, again))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("saes of run");
    }

    @Test
    void abandonedStagingIsRemovedAndLivingStagingKept() throws IOException {
        Path living = warehouse.stageFiles("saes", RUN);
        Path dead = Files.createDirectories(folder.resolve("saes/_staging/dead"));
        StagingOwner self = StagingOwner.current();
        Files.writeString(
                dead.resolve("_owner"), new StagingOwner(self.host(), self.pid(), "2001-01-01T00:00:00Z").line());

        warehouse.removeAbandonedStaging();

        assertThat(dead).doesNotExist();
        assertThat(living).exists();
    }
}
