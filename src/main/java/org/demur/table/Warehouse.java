package org.demur.table;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.schema.Table;

/**
 * Reads and publishes tables and artefacts. A run is published whole with a manifest or is not visible; the former
 * state survives any failure. Publishing the same content again does nothing, other content is refused.
 *
 * <p>Rows are written to a staging folder, read back and counted, and the folder is renamed into place; Spark's own
 * overwrite modes delete before they write. Artefacts need a warehouse on a mounted file system.
 */
public final class Warehouse {
    private final SparkSession spark;
    private final Catalog catalog;
    private final ArtefactStore artefacts;

    /** The warehouse that the catalog describes, read and written through this session. */
    public Warehouse(SparkSession spark, Catalog catalog) {
        this.spark = spark;
        this.catalog = catalog;
        this.artefacts = new ArtefactStore(catalog);
    }

    /** What is published, without Spark. */
    public Catalog catalog() {
        return catalog;
    }

    /** Whether the run is there as a whole. */
    public boolean isPublished(Table table, RunId run) {
        return catalog.isPublished(table, run);
    }

    /** The manifest of a published run; fails with MISSING_INPUT when there is none. */
    public Manifest manifest(Table table, RunId run) {
        return catalog.manifest(table, run);
    }

    /** The rows of a published run with the columns of {@link Table#schema()}; every listed file must be there whole. */
    public Dataset<Row> read(Table table, RunId run) {
        Manifest manifest = catalog.manifest(table, run);
        if (manifest.schemaVersion() != table.version()) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    table.sqlName() + " of run " + run + " has schema version " + manifest.schemaVersion()
                            + ", expected " + table.version(),
                    "it was written by another version of Demur",
                    "run the stage again with this version");
        }
        org.apache.hadoop.fs.Path folder = catalog.runFolder(table.sqlName(), run);
        manifest.files().forEach(file -> requireWhole(folder, file));
        return readFiles(table, folder, manifest.files());
    }

    /** Publishes rows whose columns are those of {@link Table#schema()}, without further facts. */
    public void publish(Table table, RunId run, Dataset<Row> rows) {
        publish(table, run, rows, Map.of());
    }

    /** Publishes rows; the facts, such as counts of rows read and set aside, go into the manifest. */
    public void publish(Table table, RunId run, Dataset<Row> rows, Map<String, String> facts) {
        requireSchema(table, rows.schema());
        org.apache.hadoop.fs.Path kindFolder = catalog.kindFolder(table.sqlName());
        Staging staging = Staging.open(catalog.fileSystem(), kindFolder, run);
        try {
            DataFrameWriter<Row> writer = rows.select(columns(table)).write().mode(SaveMode.ErrorIfExists);
            writer.partitionBy(table.partitionColumns().toArray(String[]::new))
                    .parquet(staging.content().toString());
            List<Manifest.FileEntry> files = staging.files();
            ContentDigest digest = ContentDigest.of(readFiles(table, staging.content(), files));
            staging.seal(new Manifest(
                    Manifest.FORMAT,
                    table.sqlName(),
                    run.value(),
                    table.version(),
                    plain(table.schema()).toDDL(),
                    digest.rows(),
                    digest.hex(),
                    files,
                    facts));
            if (!staging.publish(catalog.runFolder(table.sqlName(), run))) {
                artefacts.requireSame(table.sqlName(), run, digest.hex());
            }
        } finally {
            staging.discard();
        }
    }

    /** Publishes rows that the driver holds, in the order of {@link Table#schema()}, without further facts. */
    public void publishRows(Table table, RunId run, List<Row> rows) {
        publish(table, run, spark.createDataFrame(rows, table.schema()));
    }

    /** An empty folder in which files of an artefact, such as the weights of an SAE, are prepared. */
    public Path stageFiles(String kind, RunId run) {
        return artefacts.stage(kind, run);
    }

    /** Publishes the files below a folder from {@link #stageFiles}. */
    public void publishFiles(String kind, RunId run, Path staged) {
        artefacts.publish(kind, run, staged);
    }

    /** The folder of a published artefact; fails with MISSING_INPUT when there is none. */
    public Path files(String kind, RunId run) {
        return artefacts.folder(kind, run);
    }

    /** A folder that survives a crash, for checkpoints and finished rows; created when absent. */
    public Path scratch(String kind, RunId run) {
        Path folder = artefacts.scratch(run).resolve(kind);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + folder, e);
        }
    }

    /** Removes all scratch folders of a run, once it is published. */
    public void removeScratch(RunId run) {
        artefacts.removeScratch(run);
    }

    /** Removes staging folders that dead processes left behind. */
    public void removeAbandonedStaging() {
        artefacts.removeAbandonedStaging();
    }

    private Dataset<Row> readFiles(Table table, org.apache.hadoop.fs.Path folder, List<Manifest.FileEntry> files) {
        if (files.isEmpty()) {
            return spark.createDataFrame(List.of(), table.schema());
        }
        String[] paths = files.stream()
                .map(file -> new org.apache.hadoop.fs.Path(folder, file.path()).toString())
                .toArray(String[]::new);
        return spark.read()
                .schema(table.schema())
                .option("basePath", folder.toString())
                .parquet(paths)
                .select(columns(table));
    }

    private void requireWhole(org.apache.hadoop.fs.Path folder, Manifest.FileEntry file) {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder, file.path());
        try {
            FileStatus status = catalog.fileSystem().getFileStatus(path);
            if (status.getLen() == file.bytes()) {
                return;
            }
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "File " + path + " has " + status.getLen() + " bytes, the manifest says " + file.bytes(),
                    "it was truncated or changed after publication",
                    "remove the run folder and run the stage again");
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "File " + path + " is listed in the manifest but cannot be read",
                    "it was removed after publication",
                    "remove the run folder and run the stage again",
                    e);
        }
    }

    private static void requireSchema(Table table, StructType given) {
        String wanted = plain(table.schema()).toDDL();
        String found = plain(given).toDDL();
        if (!wanted.equals(found)) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "Rows for table " + table.sqlName() + " have columns " + found,
                    "the table is defined as " + wanted,
                    "build the rows with the schema of data-schema/" + table.sqlName());
        }
    }

    private static StructType plain(StructType schema) {
        StructType plain = new StructType();
        for (var field : schema.fields()) {
            plain = plain.add(field.name(), field.dataType(), true);
        }
        return plain.asNullable();
    }

    private static Column[] columns(Table table) {
        return java.util.Arrays.stream(table.schema().fieldNames())
                .map(name -> col(name))
                .toArray(Column[]::new);
    }
}
