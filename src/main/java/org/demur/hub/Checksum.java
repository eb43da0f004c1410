package org.demur.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the hub says a file digests to, which is also its name in the cache.
 *
 * @param kind how it is computed
 * @param hex in lower case
 */
record Checksum(Kind kind, String hex) {
    private static final Pattern SHA256_HEX = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA1_HEX = Pattern.compile("[0-9a-f]{40}");
    private static final int CHUNK_BYTES = 1 << 16;

    /** Large files have the digest of their bytes, small ones the name of their git blob. */
    enum Kind {
        SHA256,
        GIT_BLOB
    }

    /** Reads an ETag header; empty when it is neither kind, and so neither a checksum nor safe as a file name. */
    static Optional<Checksum> ofEtag(String header) {
        String tag = header.startsWith("W/") ? header.substring(2) : header;
        String hex = tag.replace("\"", "");
        if (SHA256_HEX.matcher(hex).matches()) {
            return Optional.of(new Checksum(Kind.SHA256, hex));
        }
        return SHA1_HEX.matcher(hex).matches() ? Optional.of(new Checksum(Kind.GIT_BLOB, hex)) : Optional.empty();
    }

    /** The checksum of the same kind of a file on disk. */
    Checksum of(Path file) {
        MessageDigest digest = digest();
        try (InputStream stream = Files.newInputStream(file)) {
            if (kind == Kind.GIT_BLOB) {
                digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            }
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        } catch (IOException e) {
            throw HubFailure.disk(file, e);
        }
        return new Checksum(kind, HexFormat.of().formatHex(digest.digest()));
    }

    private MessageDigest digest() {
        try {
            return MessageDigest.getInstance(
                    switch (kind) {
                        case SHA256 -> "SHA-256";
                        case GIT_BLOB -> "SHA-1";
                    });
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", e);
        }
    }
}
