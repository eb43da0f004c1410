package org.demur.table;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.schema.Table;

/**
 * What a warehouse holds, answered from manifests alone and without a Spark session. A warehouse is a folder with one
 * folder per table or kind of artefact, and in it one folder {@code run=<id>} per publication.
 *
 * <p>Any Hadoop file system will do whose rename of a folder is atomic and fails when the target exists (local disks,
 * HDFS). Object stores rename file by file and are therefore not safe.
 */
public final class Catalog {
    static final String MANIFEST = "_manifest.json";
    private static final String RUN_PREFIX = "run=";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path root;
    private final FileSystem fileSystem;

    /** Opens the warehouse at a path or URI; it need not exist yet. */
    public Catalog(String root, Configuration hadoop) {
        try {
            Path given = new Path(root);
            this.fileSystem = given.getFileSystem(hadoop);
            this.root = fileSystem.makeQualified(given);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open warehouse " + root, e);
        }
    }

    /** The warehouse as a qualified URI. */
    public Path root() {
        return root;
    }

    /** Whether the run is there as a whole. */
    public boolean isPublished(Table table, RunId run) {
        return find(table.sqlName(), run).isPresent();
    }

    /** The same for an artefact of that kind. */
    public boolean isPublished(String kind, RunId run) {
        return find(kind, run).isPresent();
    }

    /** The manifest of a published run; fails with MISSING_INPUT when there is none. */
    public Manifest manifest(Table table, RunId run) {
        return find(table.sqlName(), run).orElseThrow(() -> notPublished(table.sqlName(), run));
    }

    /** Every published run of a table, in alphabetical order. */
    public List<RunId> runs(Table table) {
        try {
            List<RunId> runs = new ArrayList<>();
            for (FileStatus folder : fileSystem.listStatus(kindFolder(table.sqlName()))) {
                String name = folder.getPath().getName();
                if (name.startsWith(RUN_PREFIX) && fileSystem.exists(new Path(folder.getPath(), MANIFEST))) {
                    runs.add(new RunId(name.substring(RUN_PREFIX.length())));
                }
            }
            runs.sort(Comparator.comparing(RunId::value));
            return runs;
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + table.sqlName(), e);
        }
    }

    /** The folder of a published artefact, such as a report; fails with MISSING_INPUT when there is none. */
    public java.nio.file.Path files(String kind, RunId run) {
        return new ArtefactStore(this).folder(kind, run);
    }

    FileSystem fileSystem() {
        return fileSystem;
    }

    Path kindFolder(String kind) {
        return new Path(root, kind);
    }

    Path runFolder(String kind, RunId run) {
        return new Path(kindFolder(kind), RUN_PREFIX + run);
    }

    Optional<Manifest> find(String kind, RunId run) {
        Path file = new Path(runFolder(kind, run), MANIFEST);
        try (InputStream in = fileSystem.open(file)) {
            Manifest manifest = JSON.readValue(in, Manifest.class);
            if (manifest.format() != Manifest.FORMAT) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        "Manifest " + file + " has format " + manifest.format() + ", expected " + Manifest.FORMAT,
                        "it was written by another version of Demur",
                        "use that version, or another --warehouse");
            }
            return Optional.of(manifest);
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "Manifest " + file + " cannot be read",
                    "it was changed or damaged after publication",
                    "remove the folder and run the stage again",
                    e);
        }
    }

    static JobException notPublished(String kind, RunId run) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                kind + " of run " + run + " is not published",
                "the stage that writes it has not run in this warehouse",
                "run that stage first, or the whole study with: jobs/demur study --conf FILE");
    }
}
