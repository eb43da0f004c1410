package org.demur.table;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * A folder in which one publication is prepared, invisible to readers, until {@link #publish} renames its content into
 * place. It carries the mark of the process that owns it, so that folders of dead processes can be told and removed.
 */
final class Staging {
    private static final String FOLDER = "_staging";
    private static final String OWNER = "_owner";
    private static final ObjectWriter JSON = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();

    private final FileSystem fileSystem;
    private final Path folder;

    private Staging(FileSystem fileSystem, Path folder) {
        this.fileSystem = fileSystem;
        this.folder = folder;
    }

    /** A new, empty staging folder below the folder of a table or artefact kind. */
    static Staging open(FileSystem fileSystem, Path kindFolder, RunId run) {
        Path folder = new Path(new Path(kindFolder, FOLDER), run + "-" + UUID.randomUUID());
        try {
            fileSystem.mkdirs(folder);
            try (OutputStream out = fileSystem.create(new Path(folder, OWNER), false)) {
                out.write(StagingOwner.current().line().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create staging folder " + folder, e);
        }
        return new Staging(fileSystem, folder);
    }

    /** The staging folder whose content is at this path. */
    static Staging ofContent(FileSystem fileSystem, Path content) {
        return new Staging(fileSystem, content.getParent());
    }

    /** Removes what processes left behind that ended without publishing. */
    static void removeAbandoned(FileSystem fileSystem, Path kindFolder) throws IOException {
        Path parent = new Path(kindFolder, FOLDER);
        if (!fileSystem.exists(parent)) {
            return;
        }
        for (FileStatus staged : fileSystem.listStatus(parent)) {
            Path owner = new Path(staged.getPath(), OWNER);
            if (!fileSystem.exists(owner)) {
                continue;
            }
            try (InputStream in = fileSystem.open(owner)) {
                String line = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                if (StagingOwner.parse(line).isDead()) {
                    fileSystem.delete(staged.getPath(), true);
                }
            }
        }
    }

    /** Where the data files go. */
    Path content() {
        return new Path(folder, "content");
    }

    /** Every data file with its size and digest, in path order; names that start with a dot or underscore are not data. */
    List<Manifest.FileEntry> files() {
        try {
            List<LocatedFileStatus> found = new ArrayList<>();
            RemoteIterator<LocatedFileStatus> all = fileSystem.listFiles(content(), true);
            while (all.hasNext()) {
                LocatedFileStatus file = all.next();
                char first = file.getPath().getName().charAt(0);
                if (first != '.' && first != '_') {
                    found.add(file);
                }
            }
            return found.parallelStream()
                    .map(this::entry)
                    .sorted(Comparator.comparing(Manifest.FileEntry::path))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + content(), e);
        }
    }

    /** Adds the manifest, and a {@code _SUCCESS} file for the sensors of other people, which Demur never reads. */
    void seal(Manifest manifest) {
        try {
            try (OutputStream out = fileSystem.create(new Path(content(), Catalog.MANIFEST), true)) {
                out.write(JSON.writeValueAsBytes(manifest));
            }
            fileSystem.create(new Path(content(), "_SUCCESS"), true).close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the manifest in " + folder, e);
        }
    }

    /** Renames the content to the target in one step; false, with nothing changed, when the target exists. */
    boolean publish(Path target) {
        try {
            if (fileSystem.exists(target)) {
                return false;
            }
            if (target.toUri().getScheme().equals("file")) {
                Files.move(
                        java.nio.file.Path.of(content().toUri()),
                        java.nio.file.Path.of(target.toUri()),
                        StandardCopyOption.ATOMIC_MOVE);
            } else {
                FileContext.getFileContext(target.toUri(), fileSystem.getConf())
                        .rename(content(), target, Options.Rename.NONE);
            }
            return true;
        } catch (FileAlreadyExistsException
                | java.nio.file.DirectoryNotEmptyException
                | org.apache.hadoop.fs.FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            if (isThere(target)) {
                return false;
            }
            throw new UncheckedIOException("Cannot rename " + content() + " to " + target, e);
        }
    }

    /** Removes the staging folder with whatever is left in it. */
    void discard() {
        try {
            fileSystem.delete(folder, true);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + folder, e);
        }
    }

    private boolean isThere(Path target) {
        try {
            return fileSystem.exists(target);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look at " + target, e);
        }
    }

    private Manifest.FileEntry entry(LocatedFileStatus file) {
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = fileSystem.open(file.getPath())) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read back " + file.getPath(), e);
        }
        String path = content().toUri().relativize(file.getPath().toUri()).getPath();
        return new Manifest.FileEntry(path, file.getLen(), HexFormat.of().formatHex(digest.digest()));
    }
}
