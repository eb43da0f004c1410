package org.demur.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.CanonicalJson;

/** Folders of plain files beside the tables, published by the same protocol, and scratch space. */
final class ArtefactStore {
    private static final String SCRATCH = "_scratch";

    private final Catalog catalog;

    ArtefactStore(Catalog catalog) {
        this.catalog = catalog;
    }

    Path stage(String kind, RunId run) {
        Path content = local(Staging.open(catalog.fileSystem(), catalog.kindFolder(kind), run)
                .content());
        try {
            return Files.createDirectories(content);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + content, e);
        }
    }

    void publish(String kind, RunId run, Path staged) {
        Staging staging = Staging.ofContent(catalog.fileSystem(), hadoop(staged));
        try {
            List<Manifest.FileEntry> files = staging.files();
            String listing = CanonicalJson.of(files);
            String digest = HexFormat.of().formatHex(Sha256.of(listing.getBytes(StandardCharsets.UTF_8)));
            staging.seal(new Manifest(
                    Manifest.FORMAT, kind, run.value(), 1, "files", files.size(), digest, files, Map.of()));
            if (!staging.publish(catalog.runFolder(kind, run))) {
                requireSame(kind, run, digest);
            }
        } finally {
            staging.discard();
        }
    }

    Path folder(String kind, RunId run) {
        if (catalog.find(kind, run).isEmpty()) {
            throw Catalog.notPublished(kind, run);
        }
        return local(catalog.runFolder(kind, run));
    }

    /** Accepts a run that is already there with the same content, refuses any other. */
    void requireSame(String kind, RunId run, String digest) {
        Optional<Manifest> there = catalog.find(kind, run);
        String found = there.map(Manifest::contentDigest).orElse("no manifest");
        if (!found.equals(digest)) {
            throw new JobException(
                    ExitCode.EXISTS,
                    kind + " of run " + run + " is already there with digest " + found + ", now it is " + digest,
                    "the same inputs gave another result: another machine, library or an edited table",
                    "compare the two warehouses, or remove the folder run=" + run + " to publish the new result");
        }
    }

    Path scratch(RunId run) {
        return local(catalog.root()).resolve(SCRATCH).resolve(run.value());
    }

    void removeScratch(RunId run) {
        try {
            catalog.fileSystem().delete(hadoop(scratch(run)), true);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove scratch of run " + run, e);
        }
    }

    void removeAbandonedStaging() {
        try {
            if (!catalog.fileSystem().exists(catalog.root())) {
                return;
            }
            for (FileStatus kind : catalog.fileSystem().listStatus(catalog.root())) {
                if (kind.isDirectory()) {
                    Staging.removeAbandoned(catalog.fileSystem(), kind.getPath());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look for abandoned staging folders in " + catalog.root(), e);
        }
    }

    /** From text, because a URI of an existing folder ends with a slash that hides its parent. */
    private static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path(path.toUri().toString());
    }

    private Path local(org.apache.hadoop.fs.Path path) {
        if (!"file".equals(path.toUri().getScheme())) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Warehouse " + catalog.root() + " is not on a mounted file system",
                    "weights, reports and checkpoints are plain files",
                    "mount it, or give --warehouse a folder");
        }
        return Path.of(path.toUri());
    }
}
