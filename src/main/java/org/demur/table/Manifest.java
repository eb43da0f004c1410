package org.demur.table;

import java.util.List;
import java.util.Map;

/**
 * What was published: the only evidence that a run folder is complete. Stored as {@code _manifest.json} in it.
 *
 * @param format version of the manifest itself
 * @param schema columns as DDL without comments
 * @param rows number of rows over all files
 * @param contentDigest sum modulo 2^256 of the SHA-256 of each row, hexadecimal; see {@link ContentDigest}
 * @param files every data file, in path order
 * @param facts provenance and counts given by the stage, such as rows read and quarantined
 */
public record Manifest(
        int format,
        String table,
        String run,
        int schemaVersion,
        String schema,
        long rows,
        String contentDigest,
        List<FileEntry> files,
        Map<String, String> facts) {

    /** Version written and read by this code. */
    public static final int FORMAT = 1;

    /**
     * A data file.
     *
     * @param path relative to the run folder, with forward slashes
     */
    public record FileEntry(String path, long bytes, String sha256) {}
}
