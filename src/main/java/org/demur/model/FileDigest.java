package org.demur.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The identity of one file.
 *
 * @param name within its folder
 * @param bytes length
 * @param sha256 in hex
 */
public record FileDigest(String name, long bytes, String sha256) {
    private static final int CHUNK_BYTES = 1 << 16;

    /**
     * Reads and digests a file.
     *
     * @throws org.demur.JobException if it cannot be read
     */
    public static FileDigest of(Path file) {
        MessageDigest digest = newDigest();
        long bytes = 0;
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream stream = Files.newInputStream(file)) {
            for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
                digest.update(chunk, 0, n);
                bytes += n;
            }
        } catch (IOException e) {
            throw Refusal.missing(file, "cannot be read (" + e.getMessage() + ")");
        }
        return new FileDigest(
                file.getFileName().toString(), bytes, HexFormat.of().formatHex(digest.digest()));
    }

    /**
     * The identity of a set of files: of a single one its own SHA-256, whatever its name; of several
     * the SHA-256 of their {@code sha256sum} lines in order of name.
     */
    static String together(List<FileDigest> files) {
        if (files.size() == 1) {
            return files.get(0).sha256();
        }
        MessageDigest digest = newDigest();
        for (FileDigest file : files) {
            String line = file.sha256() + "  " + file.name() + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
