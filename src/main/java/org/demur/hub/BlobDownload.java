package org.demur.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one file to its place among the blobs. An interrupted transfer goes on where it stopped, in this process or a
 * later one; nothing has the blob's name before its length and checksum are what the hub says.
 */
record BlobDownload(HubClient client, Patience patience, TransferListener listener) {
    private static final Logger LOG = LoggerFactory.getLogger(BlobDownload.class);
    private static final int CHUNK_BYTES = 1 << 16;
    // Small files come and go faster than anyone reads a line about them.
    private static final long REPORTED_BYTES = 1 << 20;

    /** Returns when the blob is there, whoever brought it. */
    void bring(RemoteFile file, Path blob) {
        try (PartialFile partial = PartialFile.beside(blob)) {
            if (partial.bytes() > file.bytes()) {
                partial.cutAt(0);
            }
            TransferListener heard = file.bytes() < REPORTED_BYTES ? TransferListener.NONE : listener;
            heard.started(file.name(), file.bytes());
            heard.received(partial.bytes());
            while (partial.bytes() < file.bytes()) {
                patience.call("File " + file.name(), () -> advance(file, partial, heard));
            }
            heard.finished();
            Checksum found = partial.checksum(file.checksum());
            if (!found.equals(file.checksum())) {
                partial.delete();
                throw HubFailure.broken("File " + file.name() + " (" + file.address() + ") arrived with checksum "
                        + found.hex() + " instead of " + file.checksum().hex() + "; it was deleted");
            }
            partial.publishAs(blob);
        }
    }

    /** Whether the blob is there already; its name is its checksum, so its length is all that is looked at. */
    static boolean isWhole(RemoteFile file, Path blob) {
        try {
            return Files.isRegularFile(blob) && Files.size(blob) == file.bytes();
        } catch (IOException e) {
            throw HubFailure.disk(blob, e);
        }
    }

    /** One request; fails when it brings no byte more than there was, so that only such requests count as attempts. */
    private long advance(RemoteFile file, PartialFile partial, TransferListener heard)
            throws IOException, InterruptedException {
        long before = partial.bytes();
        HttpResponse<InputStream> response = client.open(file.address(), before);
        try (InputStream body = response.body();
                SilenceGuard guard = new SilenceGuard(body, patience.silence())) {
            partial.cutAt(start(response, before));
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int n = read(body, chunk); n >= 0; n = read(body, chunk)) {
                guard.heard();
                if (partial.bytes() + n > file.bytes()) {
                    partial.delete();
                    throw HubFailure.broken("File " + file.name() + " (" + file.address() + ") has more than the "
                            + file.bytes() + " bytes that the hub said; it was deleted");
                }
                partial.append(chunk, n);
                heard.received(n);
            }
        }
        if (partial.bytes() <= before) {
            throw new PassingFailure("connection ended at byte " + partial.bytes(), Duration.ZERO);
        }
        return partial.bytes();
    }

    /** The byte at which the response goes on; 0 when the server sends everything again or has another file. */
    private static long start(HttpResponse<?> response, long asked) throws IOException {
        return switch (response.statusCode()) {
            case 200, HubClient.RANGE_NOT_SATISFIABLE -> 0;
            case 206 -> {
                if (!range(response.headers()).startsWith("bytes " + asked + "-")) {
                    throw new PassingFailure("another range than bytes " + asked + "-", Duration.ZERO);
                }
                yield asked;
            }
            default -> throw new PassingFailure("status " + response.statusCode(), Duration.ZERO);
        };
    }

    private static String range(HttpHeaders headers) {
        return headers.firstValue("Content-Range").orElse("");
    }

    /** A dropped connection ends the response like its proper end; the length tells them apart. */
    private static int read(InputStream body, byte[] chunk) {
        try {
            return body.read(chunk);
        } catch (IOException e) {
            LOG.warn("connection dropped: {}", e.toString());
            return -1;
        }
    }
}
